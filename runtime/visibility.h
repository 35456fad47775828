/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Marks what the runtime library exports; everything else is hidden. */
#ifndef RUNTIME_VISIBILITY_H
#define RUNTIME_VISIBILITY_H

#define EXPORT __attribute__((visibility("default")))

#endif
