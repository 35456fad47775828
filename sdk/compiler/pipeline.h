/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The stages of the plugin, called by the bridge at LLVM's extension points. */
#ifndef MEMSENTRY_PIPELINE_H
#define MEMSENTRY_PIPELINE_H

#include <stdbool.h>

#include <llvm-c/Types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Before the optimiser: configuration and fences. */
void pipeline_start(LLVMModuleRef module);

/* After it: defenses, instrumentation and, when `optimize`, a short re-optimisation. */
void pipeline_last(LLVMModuleRef module, bool optimize);

/* -passes=memsentry: all stages at once; here a missing configuration is an error. */
void pipeline_all(LLVMModuleRef module);

#ifdef __cplusplus
}
#endif

#endif
