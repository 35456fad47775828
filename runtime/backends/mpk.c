/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The run-time half of protection keys: what the hardware and the kernel must give, the tag of
 * the regions and of the runtime's own tables, and the gates of the runtime.
 */
#include "backend.h"

#include <cpuid.h>
#include <errno.h>
#include <sys/mman.h>

#include "../kernel.h"
#include "pkru.h"

/* Leaf 7: the processor has keys; the kernel has turned them on. */
#define CPUID_ECX_PKU (1u << 3)
#define CPUID_ECX_OSPKE (1u << 4)

static _Noreturn void refuse_because(const char *why, const char *mend)
{
    backend_refuse("mpk", why, mend);
}

static void probe(void)
{
    unsigned eax, ebx, ecx = 0, edx;
    (void)__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx);
    if ((ecx & CPUID_ECX_PKU) == 0)
        refuse_because("this processor has no protection keys ('pku' in /proc/cpuinfo)",
                       "run it on one that has");
    if ((ecx & CPUID_ECX_OSPKE) == 0)
        refuse_because("the kernel has not turned protection keys on ('ospke' in "
                       "/proc/cpuinfo)",
                       "boot it without 'nopku'");
}

static void take_key(bool reads)
{
    const long key = kernel_key_alloc(reads ? PKEY_DISABLE_ACCESS : PKEY_DISABLE_WRITE);
    if (key == MEMSENTRY_PKEY)
        return;
    if (key > 0)
        (void)kernel_key_free((int)key);
    if (key == -ENOSPC)
        refuse_because("all protection keys are taken already",
                       "let what takes them (a library's constructor) run later");
    if (key < 0)
        refuse_because("the kernel gives out no protection keys",
                       "see what denies pkey_alloc (a seccomp filter, an old kernel)");
    refuse_because(
        "the protection key that its gates are made for is taken already",
        "let what takes it (a library's constructor, execute-only memory) run later");
}

static void enter(void)
{
    pkru_open();
}

static void leave(void)
{
    pkru_close(CONFIG->reads);
}

static void start(struct config *config)
{
    probe();
    take_key(config->reads);
    config->key = MEMSENTRY_PKEY;
    leave();
    /* The kernel denies handlers everything; where only writes are confined they may read. */
    config->handler_entry = !config->reads;
}

static int protect(uint64_t start, uint64_t size, int protection)
{
    return kernel_protect_key(start, size, protection, MEMSENTRY_PKEY);
}

/* The kernel's word is not enough: a filter may answer for it. */
static void verify(void)
{
    if (kernel_random(&CONTROL->verified, sizeof CONTROL->verified) != -EFAULT)
        refuse_because("memory with a protection key is not protected here",
                       "see what stands between it and the kernel");
}

static bool denied(const siginfo_t *info)
{
    return info->si_code == SEGV_PKUERR && info->si_pkey == MEMSENTRY_PKEY;
}

BACKEND(mpk, .remark = "regions closed by protection key 1", .start = start, .protect = protect,
        .verify = verify, .enter = enter, .leave = leave, .denied = denied);
