/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Classifies faults and blocked calls; see fault.h and memsentry/abi.h. */
#include "fault.h"

#include <string.h>
#include <ucontext.h>

#include "backends/backend.h"
#include "control.h"
#include "decode.h"
#include "die.h"
#include "kernel.h"
#include "memsentry/abi.h"
#include "report.h"
#include "stacks.h"
#include "visibility.h"

/* Page-fault error code of the processor. */
#define ERROR_WRITE 2
#define ERROR_FETCH 16

/* How far a field may lie from a null pointer for the access to be called one through null. */
#define NULL_REACH (1 * MEMSENTRY_MIB)
/* Never mapped by an ordinary process: vm.mmap_min_addr. */
#define NULL_PAGE (64 * MEMSENTRY_KIB)
/* How far beyond MEMSENTRY_UNANNOUNCED an argument may lie to be called one. */
#define UNANNOUNCED_REACH (64 * MEMSENTRY_KIB)

static const char *verb(const ucontext_t *context)
{
    return (context->uc_mcontext.gregs[REG_ERR] & ERROR_WRITE) != 0 ? "write" : "read";
}

static void put_access(struct text *text, const ucontext_t *context, uint64_t meant)
{
    unsigned size = decode_access_size((const uint8_t *)context->uc_mcontext.gregs[REG_RIP]);
    text_put(text, verb(context));
    if (size != 0) {
        text_put(text, " of ");
        text_put_decimal(text, size);
        text_put(text, size == 1 ? " byte" : " bytes");
    }
    text_put(text, " at ");
    text_put_hex(text, meant, 12);
}

static void report_blocked(const ucontext_t *context, uint64_t pc, uint64_t meant)
{
    struct text text = {0};
    report_begin(&text);
    if (meant < NULL_REACH) {
        text_put(&text, "null pointer: ");
        put_access(&text, context, meant);
        report_end(&text, pc, "null-pointer");
        return;
    }
    text_put(&text, "blocked ");
    put_access(&text, context, meant);
    if ((meant | MEMSENTRY_SPLIT) - MEMSENTRY_UNANNOUNCED < UNANNOUNCED_REACH)
        text_put(&text, ", where arguments are that a caller without instrumentation left on "
                        "the stack");
    else
        report_place(&text, meant);
    report_end(&text, pc,
               (context->uc_mcontext.gregs[REG_ERR] & ERROR_WRITE) != 0 ? "blocked-write"
                                                                        : "blocked-read");
}

/* A guard of the stack that the faulting code ran on. */
static bool report_overflow(const ucontext_t *context, uint64_t pc, uint64_t address)
{
    const struct slot *slot = stack_of(address);
    if (slot == NULL || slot != stack_of((uint64_t)context->uc_mcontext.gregs[REG_RSP]) ||
        address >= slot->low || address < slot->low - MEMSENTRY_STACK_GUARD)
        return false;
    struct text text = {0};
    report_begin(&text);
    text_put(&text, "overflow of the safe stack of ");
    text_put_size(&text, slot->high - slot->low);
    text_put(&text, ", ");
    put_access(&text, context, address);
    report_place(&text, address);
    report_end(&text, pc, "safe-stack-overflow");
    return true;
}

/* Code that may reach the lower half, trusted or not instrumented, went beyond a region there.
 */
static bool report_trusted(const ucontext_t *context, uint64_t pc, uint64_t address)
{
    if (address < MEMSENTRY_ARENAS_START || address >= MEMSENTRY_SPLIT)
        return false;
    struct text text = {0};
    report_begin(&text);
    text_put(&text, "fault of code that is not confined: ");
    put_access(&text, context, address);
    report_place(&text, address);
    report_end(&text, pc, "lower-half-fault");
    return true;
}

void fault_report(siginfo_t *info, void *argument)
{
    const ucontext_t *context = argument;
    const uint64_t address = (uint64_t)info->si_addr;
    const uint64_t pc = (uint64_t)context->uc_mcontext.gregs[REG_RIP];
    const struct backend *backend = CONFIG->backend;
    uint64_t meant;
    if (backend->denied != NULL && backend->denied(info)) {
        report_blocked(context, pc, address);
        return;
    }
    /* SI_KERNEL: a non-canonical address, which the processor does not tell. */
    if (info->si_code <= 0 || info->si_code == SI_KERNEL ||
        (context->uc_mcontext.gregs[REG_ERR] & ERROR_FETCH) != 0 ||
        report_overflow(context, pc, address) || report_trusted(context, pc, address) ||
        backend->unconfine == NULL || !backend->unconfine(address, &meant))
        return;
    report_blocked(context, pc, meant);
    info->si_addr = (void *)meant;
}

void __memsentry_length_trap(const void *address, uint64_t length)
{
    struct text text = {0};
    report_begin(&text);
    text_put(&text, "blocked access of ");
    text_put_decimal(&text, length);
    text_put(&text, " bytes at ");
    text_put_hex(&text, (uint64_t)address, 12);
    text_put(&text, ": longer than the guard");
    report_end(&text, (uint64_t)__builtin_return_address(0), "blocked-length");
    die_silently();
}

void __memsentry_gate_trap(void)
{
    /* Whoever came here may have opened the domain. */
    backend_leave();
    struct text text = {0};
    report_begin(&text);
    text_put(&text, "a gate that closes the domain left it open: it was jumped into");
    report_end(&text, (uint64_t)__builtin_return_address(0), "gate-trap");
    die_silently();
}

void fault_check_argument(uint64_t start, uint64_t length, const char *callee, uint64_t pc)
{
    const bool unknown = length == MEMSENTRY_LENGTH_UNKNOWN;
    const bool fits = unknown || length <= MEMSENTRY_GUARD_REACH;
    if (length == 0 || (fits && (start & MEMSENTRY_SPLIT) != 0))
        return;
    /* The null page, and a range inside the bottom guard: nothing of ours is there. */
    if (unknown ? start < NULL_PAGE : fits && start <= MEMSENTRY_GUARD_REACH - length)
        return;

    struct text text = {0};
    report_begin(&text);
    text_put(&text, "blocked call of ");
    text_put(&text, callee);
    if ((start & MEMSENTRY_SPLIT) != 0) {
        text_put(&text, " with ");
        text_put_decimal(&text, length);
        text_put(&text, " bytes: longer than the guard");
        report_end(&text, pc, "blocked-length");
    } else {
        text_put(&text, " with ");
        text_put_hex(&text, start, 12);
        report_place(&text, start);
        report_end(&text, pc, "blocked-call");
    }
    die_silently();
}
