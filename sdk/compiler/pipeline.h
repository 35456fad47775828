/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The stages of the plugin, called by the bridge at LLVM's extension points. */
#ifndef MEMSENTRY_PIPELINE_H
#define MEMSENTRY_PIPELINE_H

#include <stdbool.h>

#include <llvm-c/Types.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Before the optimiser: configuration and fences. Returns whether an earlier compilation, one
 * for a link, has done so already.
 */
bool pipeline_start(LLVMModuleRef module);

/* Before the first inlining, also at link: fences between modules of different configurations.
 */
void pipeline_before_inlining(LLVMModuleRef module);

/* After the optimiser of a compilation, when the linker will optimize again. */
void pipeline_before_link(LLVMModuleRef module);

/*
 * After the last optimiser: defenses, instrumentation and, when `optimize`, a short
 * re-optimisation; then the proof.
 */
void pipeline_last(LLVMModuleRef module, bool optimize);

/* -passes=memsentry: all stages at once; here a missing configuration is an error. */
void pipeline_all(LLVMModuleRef module);

/*
 * -passes=memsentry-benchdomain before memsentry, and memsentry-benchdomain-post behind it: see
 * benchdomain.h. In clang the options alone do both.
 */
void pipeline_benchdomain(LLVMModuleRef module);
void pipeline_benchdomain_post(LLVMModuleRef module);

/* -passes=memsentry-prove: only the proof, of a module that has been instrumented. */
void pipeline_prove(LLVMModuleRef module);

#ifdef __cplusplus
}
#endif

#endif
