/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The run-time half of MPX: what the processor and the kernel must give, and the state that
 * compiled checks rest on. Without it, BNDCL does nothing: on a processor without MPX it is a
 * NOP, and the kernel starts programs and signal handlers with MPX off.
 */
#include "backend.h"

#include <cpuid.h>
#include <stdalign.h>
#include <string.h>

#include "../decode.h"
#include "memsentry/layout.h"
#include "xcr.h"

/* Leaf 7: the processor has MPX. */
#define CPUID_EBX_MPX (1u << 14)
/* Components of the extended state, and bits of XCR0. */
#define BOUND_REGISTERS 3
#define BOUND_CONTROL 4
#define STATE (1u << BOUND_REGISTERS | 1u << BOUND_CONTROL)
/* BNDCFGU: checks are on, and branches without a prefix leave the bounds alone. */
#define ENABLE 1
#define PRESERVE 2
/* What #BR is to the kernel. */
#define TRAP_BOUND 5

/* An area of XSAVE in the standard format; offsets are architectural, see probe(). */
struct area {
    alignas(64) uint8_t legacy[512];
    uint64_t present, compaction;
    uint8_t other[960 - 528];
    struct {
        uint64_t lower, upper; /* the upper one complemented */
    } bounds[4];
    uint64_t config, status, reserved[6];
};
static_assert(offsetof(struct area, bounds) == 960 && offsetof(struct area, config) == 1024,
              "the state has no holes");

/* bnd0 starts at the split, everything else lets everything pass. */
static const struct area armed = {
    .present = STATE,
    .bounds[0].lower = MEMSENTRY_SPLIT,
    .config = ENABLE | PRESERVE,
};

static _Noreturn void refuse_because(const char *why, const char *mend)
{
    backend_refuse("mpx", why, mend);
}

static bool lies_at(unsigned component, uint64_t offset, uint64_t size)
{
    unsigned eax = 0, ebx = 0, ecx, edx;
    return __get_cpuid_count(0xd, component, &eax, &ebx, &ecx, &edx) && ebx == offset &&
           eax >= size;
}

static void probe(void)
{
    unsigned eax, ebx = 0, ecx, edx;
    (void)__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx);
    if ((ebx & CPUID_EBX_MPX) == 0)
        refuse_because("this processor has no MPX ('mpx' in /proc/cpuinfo): its checks would "
                       "do nothing here",
                       "run it on one that has");
    if ((xcr_saved_state() & STATE) != STATE)
        refuse_because("the kernel does not save the bound registers of MPX (bits 3 and 4 of "
                       "XCR0)",
                       "run it under one that does");
    if (!lies_at(BOUND_REGISTERS, offsetof(struct area, bounds), sizeof armed.bounds) ||
        !lies_at(BOUND_CONTROL, offsetof(struct area, config), 2 * sizeof armed.config))
        refuse_because("this processor keeps the state of MPX in another place than is known",
                       "run it on another one");
}

static void arm(void)
{
    __asm__ volatile("xrstor64 %0" : : "m"(armed), "a"(STATE), "d"(0) : "memory");
}

/* What the registers hold is asked for, not what was done to them. */
static bool is_armed(void)
{
    struct area now;
    memset(&now, 0, sizeof now);
    __asm__ volatile("xsave64 %0" : "+m"(now) : "a"(STATE), "d"(0) : "memory");
    return now.present == STATE && now.config == armed.config &&
           memcmp(now.bounds, armed.bounds, sizeof now.bounds) == 0;
}

static void start(struct config *config)
{
    probe();
    arm();
    if (!is_armed())
        refuse_because("the bound registers of MPX do not keep what is put into them",
                       "see what emulates this processor");
    /* The kernel calls handlers with MPX off, which whoever jumps out of one would inherit. */
    config->handler_entry = true;
    config->checks_by_state = true;
}

static bool stopped(const siginfo_t *info, const ucontext_t *context, unsigned *number,
                    uint64_t *next)
{
    const uint64_t pc = (uint64_t)context->uc_mcontext.gregs[REG_RIP];
    unsigned length;
    if (info->si_code <= 0 || context->uc_mcontext.gregs[REG_TRAPNO] != TRAP_BOUND)
        return false;
    const int checked = decode_bound_check((const uint8_t *)pc, &length);
    *number = (unsigned)checked;
    *next = pc + length;
    return checked >= 0;
}

/* Accesses that need not be made, of no bytes for instance, are masked. */
static bool unconfine(uint64_t address, uint64_t *meant)
{
    return backend_default()->unconfine(address, meant);
}

BACKEND(mpx, .remark = "checks by bound register 0", .start = start, .leave = arm,
        .unconfine = unconfine, .stopped = stopped);
