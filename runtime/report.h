/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The form of a report: a first line that says what was blocked, where the access was made
 * from, and a summary. memsentry-symbolize reads it. Async-signal-safe.
 */
#ifndef RUNTIME_REPORT_H
#define RUNTIME_REPORT_H

#include <stdint.h>

#include "text.h"

/* "==PID==ERROR: MemSentry: " */
void report_begin(struct text *text);
/* " (safe region "safestack", thread 3)": what lies at `address`, and who is running. */
void report_place(struct text *text, uint64_t address);
/* Backend, pc, frames from `pc` on, and "SUMMARY: MemSentry: <summary>"; writes it all out. */
void report_end(struct text *text, uint64_t pc, const char *summary);

#endif
