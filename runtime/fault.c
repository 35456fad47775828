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

/* What an access is, as far as a fault and its instruction tell. */
struct access {
    uint64_t address;
    unsigned size; /* 0: not known */
    enum { READ, WRITE, READ_OR_WRITE } way;
};

static struct access access_at(const ucontext_t *context, uint64_t address)
{
    return (struct access){
        .address = address,
        .size = decode_access_size((const uint8_t *)context->uc_mcontext.gregs[REG_RIP]),
        .way = (context->uc_mcontext.gregs[REG_ERR] & ERROR_WRITE) != 0 ? WRITE : READ,
    };
}

static void put_access(struct text *text, const struct access *access)
{
    static const char *const verbs[] = {"read", "write", "access"};
    text_put(text, verbs[access->way]);
    if (access->size != 0) {
        text_put(text, " of ");
        text_put_decimal(text, access->size);
        text_put(text, access->size == 1 ? " byte" : " bytes");
    }
    text_put(text, " at ");
    text_put_hex(text, access->address, 12);
}

static void report_blocked(const struct access *access, uint64_t pc)
{
    static const char *const summaries[] = {"blocked-read", "blocked-write", "blocked-access"};
    const uint64_t meant = access->address;
    struct text text = {0};
    report_begin(&text);
    if (meant < NULL_REACH) {
        text_put(&text, "null pointer: ");
        put_access(&text, access);
        report_end(&text, pc, "null-pointer");
        return;
    }
    text_put(&text, "blocked ");
    put_access(&text, access);
    if ((meant | MEMSENTRY_SPLIT) - MEMSENTRY_UNANNOUNCED < UNANNOUNCED_REACH)
        text_put(&text, ", where arguments are that a caller without instrumentation left on "
                        "the stack");
    else
        report_place(&text, meant);
    report_end(&text, pc, summaries[access->way]);
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
    const struct access access = access_at(context, address);
    put_access(&text, &access);
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
    const struct access access = access_at(context, address);
    put_access(&text, &access);
    report_place(&text, address);
    report_end(&text, pc, "lower-half-fault");
    return true;
}

/* The general registers, by their numbers in instructions. */
static const int registers[] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP,
                                REG_RSI, REG_RDI, REG_R8,  REG_R9,  REG_R10, REG_R11,
                                REG_R12, REG_R13, REG_R14, REG_R15};

static uint64_t register_of(const ucontext_t *context, unsigned number)
{
    return (uint64_t)context->uc_mcontext.gregs[registers[number]];
}

/*
 * A check that did not hold. The access is mostly the next instruction; when it is another one,
 * what is known is the address that it is relative to.
 */
static void report_stopped(siginfo_t *info, const ucontext_t *context, unsigned number,
                           uint64_t next)
{
    const uint8_t *code = (const uint8_t *)next;
    struct access access = {.address = register_of(context, number), .way = READ_OR_WRITE};
    struct operand operand;
    if (decode_operand(code, &operand) && operand.base == number) {
        access.address += (uint64_t)(int64_t)operand.distance;
        if (operand.index >= 0)
            access.address += register_of(context, (unsigned)operand.index) * operand.scale;
        access.size = decode_access_size(code);
        access.way = operand.write ? WRITE : READ;
    }
    report_blocked(&access, (uint64_t)context->uc_mcontext.gregs[REG_RIP]);
    /* As the access itself would have had it. */
    info->si_addr = (void *)access.address;
    info->si_code = SEGV_MAPERR;
}

void fault_report(siginfo_t *info, void *argument)
{
    const ucontext_t *context = argument;
    const uint64_t address = (uint64_t)info->si_addr;
    const uint64_t pc = (uint64_t)context->uc_mcontext.gregs[REG_RIP];
    const struct backend *backend = CONFIG->backend;
    uint64_t meant;
    if (backend->denied != NULL && backend->denied(info)) {
        const struct access access = access_at(context, address);
        report_blocked(&access, pc);
        return;
    }
    unsigned number;
    uint64_t next;
    if (backend->stopped != NULL && backend->stopped(info, context, &number, &next)) {
        report_stopped(info, context, number, next);
        return;
    }
    /* SI_KERNEL: a non-canonical address, which the processor does not tell. */
    if (info->si_code <= 0 || info->si_code == SI_KERNEL ||
        (context->uc_mcontext.gregs[REG_ERR] & ERROR_FETCH) != 0 ||
        report_overflow(context, pc, address) || report_trusted(context, pc, address) ||
        backend->unconfine == NULL || !backend->unconfine(address, &meant))
        return;
    const struct access access = access_at(context, meant);
    report_blocked(&access, pc);
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
