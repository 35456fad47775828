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
struct buffer {
    uint64_t rbx, handle, r12, r13, r14, r15, rsp, rip;
};

static_assert(sizeof(__jmp_buf) == sizeof(struct buffer), "glibc's jmp_buf");
static_assert(offsetof(struct buffer, rbx) == BUFFER_RBX, "as jumps.S has it");
static_assert(offsetof(struct buffer, handle) == BUFFER_HANDLE, "the same");
static_assert(offsetof(struct buffer, r12) == BUFFER_R12, "the same");
static_assert(offsetof(struct buffer, r13) == BUFFER_R13, "the same");
static_assert(offsetof(struct buffer, r14) == BUFFER_R14, "the same");
static_assert(offsetof(struct buffer, r15) == BUFFER_R15, "the same");
static_assert(offsetof(struct buffer, rsp) == BUFFER_RSP, "the same");
static_assert(offsetof(struct buffer, rip) == BUFFER_RIP, "the same");
static_assert(offsetof(struct __jmp_buf_tag, __mask_was_saved) == BUFFER_MASK_WAS_SAVED,
              "the same");
static_assert(MEMSENTRY_SPLIT_BIT == BUFFER_SPLIT_BIT, "the same");

/* From jumps.S. */
void jump_landing(void);
/* For jumps.S. */
int jump_set(void *buffer, int save_mask, const struct registers *registers, uint64_t frame);
int jump_set_builtin(void *buffer, const struct registers *registers, uint64_t frame);
_Noreturn void jump_land(uint64_t handle, int value);

static uint64_t mangle(uint64_t word)
{
    __asm__("xorq %%fs:%c1, %0\n\trolq %2, %0"
            : "+r"(word)
            : "i"(POINTER_GUARD), "i"(POINTER_ROTATION)
            : "cc");
    return word;
}

static uint64_t demangle(uint64_t word)
{
    __asm__("rorq %2, %0\n\txorq %%fs:%c1, %0"
            : "+r"(word)
            : "i"(POINTER_GUARD), "i"(POINTER_ROTATION)
            : "cc");
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
    struct buffer *words = (struct buffer *)tag->__jmpbuf;
    struct jump *jump = jump_create(slot, buffer, demangle(words->handle), frame, registers);
    if (save_mask != 0)
        save_mask_of(jump);
    words->rbx = registers->rbx;
    words->r12 = registers->r12;
    words->r13 = registers->r13;
    words->r14 = registers->r14;
    words->r15 = registers->r15;
    words->rsp = mangle(registers->rsp);
    words->rip = mangle((uint64_t)jump_landing);
    /* libc has no mask to restore; jump_landing() has. */
    tag->__mask_was_saved = 0;
    words->handle = mangle(jump_publish(slot, jump));
    return 0;
}

int jump_set_builtin(void *buffer, const struct registers *registers, uint64_t frame)
{
    struct slot *slot = stack_around((uint64_t)__builtin_frame_address(0));
    if (slot == NULL)
        die("__builtin_setjmp on a stack that is not isolated");
    struct buffer *words = jump_ordinary(buffer);
    struct jump *jump = jump_create(slot, buffer, demangle(words->handle), frame, registers);
    words->handle = mangle(jump_publish(slot, jump));
    return 0;
}

_Noreturn static void go(struct slot *slot, uint64_t handle, int value, const char *function,
                         const void *buffer, uint64_t pc)
{
    value = value != 0 ? value : 1;
    const struct jump *jump = jump_find_here(slot, handle);
    if (jump != NULL)
        jump_back(slot, jump, value);
    const struct destination to = jump_find(slot, handle);
    jump = to.jump;
    if (jump == NULL || jump->context)
        jump_refuse(function, buffer,
                    "a jmp_buf that setjmp did not fill or whose function has returned", pc);
    if (jump->mask_saved)
        (void)kernel_signal_mask(SIG_SETMASK, &jump->mask, NULL);
    jump_to(slot, to, value, NULL);
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
    const uint64_t handle = demangle(((const struct buffer *)tag->__jmpbuf)->handle);
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
    go(slot, demangle(((const struct buffer *)jump_ordinary(buffer))->handle), 1,
       "__builtin_longjmp", buffer, (uint64_t)__builtin_return_address(0));
}
