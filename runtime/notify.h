/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The lock of the notifications must be free in the child of fork.
 */
#ifndef RUNTIME_NOTIFY_H
#define RUNTIME_NOTIFY_H

void notify_before_fork(void);
void notify_after_fork(void);

#endif
