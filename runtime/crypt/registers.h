/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The registers that hold the key: zmm27 to zmm31, which no code of ours or the compiler's
 * uses, and libc does not but for copies of many megabytes. New threads and processes inherit
 * them; signal handlers do not.
 */
#ifndef RUNTIME_CRYPT_REGISTERS_H
#define RUNTIME_CRYPT_REGISTERS_H

#include <stdbool.h>
#include <stdint.h>

/* As instructions that bring the 16 bytes of a lane into %[key]. Tests have a stand-in. */
#ifndef CIPHER_KEY
#    define CIPHER_KEY(lane, zmm) "vextracti32x4 $" #    lane ", %%" #    zmm ", %[key]\n\t"
#endif

#define REGISTERS_FIRST 27
#define REGISTERS_SIZE 64

/* Whether the processor has them. */
bool registers_exist(void);
/* Whether the kernel saves them for each thread. */
bool registers_are_saved(void);

/* Where a signal's frame has zmm16, counted from its registers. */
uint32_t registers_frame_offset(void);

/* Fills them from memory: five registers, one after the other. */
void registers_load(const void *contents);

/*
 * Gives them what the interrupted code has in `frame`, a ucontext_t. Whoever changes a frame
 * has keys there that the next access finds to be wrong. Async-signal-safe.
 */
void registers_resume(const void *frame);

#endif
