/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* setjmp and longjmp as compiled code calls them, and libc's jmp_buf. */
#include <setjmp.h>
#include <signal.h>

#include "die.h"
#include "jumps.h"
#include "kernel.h"
#include "visibility.h"

/*
 * glibc's jmp_buf. Its registers are written as libc would write them: collectors of garbage
 * look there, and libc's own longjmp, which libraries and thread cancellation call, gets by
 * them to jump_landing(), with the handle in rbp. No function of ours reads more than that.
 */
enum { WORD_RBX, WORD_RBP, WORD_R12, WORD_R13, WORD_R14, WORD_R15, WORD_RSP, WORD_RIP, WORDS };
/* The one that __builtin_setjmp's buffer has for the address. */
#define WORD_HANDLE WORD_RBP

static_assert(sizeof(__jmp_buf) == WORDS * sizeof(uint64_t), "glibc's jmp_buf");

/* From jumps.S. */
void jump_landing(void);
/* For jumps.S. */
int jump_set(void *buffer, int save_mask, const struct registers *registers, uint64_t frame);
int jump_set_builtin(void *buffer, const struct registers *registers, uint64_t frame);
_Noreturn void jump_land(uint64_t handle, int value);

static uint64_t mangle(uint64_t word)
{
    __asm__("xorq %%fs:0x30, %0\n\trolq $17, %0" : "+r"(word) : : "cc");
    return word;
}

static uint64_t demangle(uint64_t word)
{
    __asm__("rorq $17, %0\n\txorq %%fs:0x30, %0" : "+r"(word) : : "cc");
    return word;
}

static void save_mask_of(struct jump *jump)
{
    jump->mask_saved = kernel_signal_mask(SIG_BLOCK, NULL, &jump->mask) == 0;
}

int jump_set(void *buffer, int save_mask, const struct registers *registers, uint64_t frame)
{
    struct slot *slot = stack_around((uint64_t)__builtin_frame_address(0));
    if (slot == NULL)
        return 1;
    struct __jmp_buf_tag *tag = jump_ordinary(buffer);
    uint64_t *words = (uint64_t *)tag->__jmpbuf;
    struct jump *jump =
        jump_create(slot, buffer, demangle(words[WORD_HANDLE]), frame, registers);
    if (save_mask != 0)
        save_mask_of(jump);
    words[WORD_RBX] = registers->rbx;
    words[WORD_R12] = registers->r12;
    words[WORD_R13] = registers->r13;
    words[WORD_R14] = registers->r14;
    words[WORD_R15] = registers->r15;
    words[WORD_RSP] = mangle(registers->rsp);
    words[WORD_RIP] = mangle((uint64_t)jump_landing);
    /* libc has no mask to restore; jump_landing() has. */
    tag->__mask_was_saved = 0;
    words[WORD_HANDLE] = mangle(jump_publish(slot, jump));
    return 0;
}

int jump_set_builtin(void *buffer, const struct registers *registers, uint64_t frame)
{
    struct slot *slot = stack_around((uint64_t)__builtin_frame_address(0));
    if (slot == NULL)
        die("__builtin_setjmp on a stack that is not isolated");
    uint64_t *words = jump_ordinary(buffer);
    struct jump *jump =
        jump_create(slot, buffer, demangle(words[WORD_HANDLE]), frame, registers);
    words[WORD_HANDLE] = mangle(jump_publish(slot, jump));
    return 0;
}

_Noreturn static void go(struct slot *slot, uint64_t handle, int value, const char *function,
                         const void *buffer, uint64_t pc)
{
    const struct destination to = jump_find(slot, handle);
    const struct jump *jump = to.jump;
    if (jump == NULL || jump->context)
        jump_refuse(function, buffer,
                    "a jmp_buf that setjmp did not fill or whose function has returned", pc);
    if (jump->mask_saved)
        (void)kernel_signal_mask(SIG_SETMASK, &jump->mask, NULL);
    jump_to(slot, to, value != 0 ? value : 1, NULL);
}

/* libc's longjmp was called with what jump_set() had put into a jmp_buf. */
void jump_land(uint64_t handle, int value)
{
    struct slot *slot = stack_around((uint64_t)__builtin_frame_address(0));
    if (slot == NULL)
        die("longjmp on a stack that is not isolated");
    go(slot, handle, value, "longjmp", NULL, (uint64_t)__builtin_return_address(0));
}

_Noreturn static void jump_by(const char *function, const void *buffer, int value, uint64_t pc)
{
    struct slot *slot = stack_around((uint64_t)__builtin_frame_address(0));
    const struct __jmp_buf_tag *tag = jump_ordinary(buffer);
    const uint64_t handle = demangle((uint64_t)tag->__jmpbuf[WORD_HANDLE]);
    /*
     * Code that has no safe stack, or that was interrupted and had none, has filled the jmp_buf
     * by libc's setjmp.
     */
    if (slot == NULL || (slot->stray && jump_find(slot, handle).jump == NULL))
        siglongjmp((struct __jmp_buf_tag *)buffer, value);
    go(slot, handle, value, function, buffer, pc);
}

#define LONGJMP(name)                                                                          \
    EXPORT _Noreturn void __memsentry_##name(const void *buffer, int value);                   \
    void __memsentry_##name(const void *buffer, int value)                                     \
    {                                                                                          \
        jump_by(#name, buffer, value, (uint64_t)__builtin_return_address(0));                  \
    }

LONGJMP(longjmp)
LONGJMP(_longjmp)
LONGJMP(siglongjmp)
LONGJMP(__longjmp_chk)

EXPORT _Noreturn void __memsentry_builtin_longjmp(const void *buffer);

void __memsentry_builtin_longjmp(const void *buffer)
{
    struct slot *slot = stack_around((uint64_t)__builtin_frame_address(0));
    if (slot == NULL)
        die("__builtin_longjmp on a stack that is not isolated");
    go(slot, demangle(((const uint64_t *)jump_ordinary(buffer))[WORD_HANDLE]), 1,
       "__builtin_longjmp", buffer, (uint64_t)__builtin_return_address(0));
}
