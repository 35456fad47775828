/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What a defense would cost that switches the domain at certain points, without the defense: a
 * store into a safe region stands at each point while gates are placed, and is taken out again.
 * Each point then costs one gate that opens and one that closes, and nothing is held across a
 * call.
 */
#ifndef MEMSENTRY_BENCHDOMAIN_H
#define MEMSENTRY_BENCHDOMAIN_H

#include <stdbool.h>

#include <llvm-c/Types.h>

/*
 * -memsentry-benchdomain-points=
 *   call-ret  before every call of a function of the program, by name or by its address, and
 *             before every return
 *   icall     before every call by an address
 *   libfunc   before every call of a function that the file of
 *             -memsentry-benchdomain-libfunc-file= names, one to a line, # begins a comment
 * Does nothing when there is no such option. Returns false after a report of what is wrong.
 */
bool benchdomain_insert(LLVMModuleRef module);

/*
 * Whether an instruction is such a store; and has what a backend put into its place, so that
 * its cost is there and memory is left alone, counted for it.
 */
bool benchdomain_is_point(LLVMValueRef instruction);
void benchdomain_keep(LLVMValueRef point, LLVMValueRef replacement);

/*
 * Takes the stores out and leaves the gates. With -memsentry-benchdomain-count, which is for
 * bench/ and for a backend without gates, the program counts instead how often it passes the
 * points, and says so on standard error when it ends.
 */
void benchdomain_remove(LLVMModuleRef module);

#endif
