/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Control flow that depends on corrupted memory, and the unsafe stack: recursion, jumps, arrays
 * of variable length, dispatch by constant tables. Code pointers themselves lie out of reach:
 * control flow is taken as intact.
 */
#include <setjmp.h>
#include <string.h>

#include "victim.h"

/* ---- a machine that interprets code in memory ---- */

enum opcode { PUSH, ADD, LOAD, STORE, COPY, JUMP_IF, END };

static struct machine {
    uint32_t *code;
    int64_t *stack, *memory;
    uint32_t pc;
    int64_t top;
} machine;

static void interpreter_prepare(void)
{
    static const uint32_t program[] = {PUSH, 7,     PUSH, 3, ADD,     0, STORE, 4, LOAD, 4,
                                       PUSH, 9,     ADD,  0, COPY,    0, STORE, 5, COPY, 0,
                                       PUSH, 12345, ADD,  0, JUMP_IF, 0, END,   0};
    machine.code = oracle_allocate(sizeof program);
    memcpy(machine.code, program, sizeof program);
    machine.stack = oracle_allocate(64 * sizeof *machine.stack);
    machine.memory = oracle_allocate(64 * sizeof *machine.memory);
}

static void interpreter_step(void)
{
    machine.pc = 0;
    machine.top = 0;
    for (int fuel = 0; fuel < 200; fuel++) {
        uint32_t operand = machine.code[machine.pc + 1];
        switch (machine.code[machine.pc]) {
        case PUSH:
            machine.stack[machine.top++] = operand;
            break;
        case ADD:
            machine.top--;
            machine.stack[machine.top - 1] += machine.stack[machine.top];
            break;
        case LOAD:
            machine.stack[machine.top++] = machine.memory[operand];
            break;
        case STORE:
            machine.memory[operand] = machine.stack[--machine.top];
            break;
        case COPY:
            machine.stack[machine.top] = machine.stack[machine.top - 1];
            machine.top++;
            break;
        case JUMP_IF:
            if ((oracle_random() & 1) != 0) {
                machine.pc = operand;
                machine.top = 0;
                continue;
            }
            break;
        case END:
            return;
        default:
            machine.memory[operand & 63] = operand;
        }
        machine.pc += 2;
    }
}

/* ---- operations in a constant table, chosen by memory ---- */

static struct cell {
    uint64_t value;
    struct cell *peer;
    uint8_t operation;
} * cells;

static void add_cell(struct cell *cell)
{
    cell->value += cell->peer->value;
}
static void set_cell(struct cell *cell)
{
    cell->peer->value = cell->value;
}
static void swap_cell(struct cell *cell)
{
    uint64_t kept = cell->value;
    cell->value = cell->peer->value;
    cell->peer->value = kept;
}
static void turn_cell(struct cell *cell)
{
    cell->peer->peer = cell;
}

static void dispatch_prepare(void)
{
    cells = oracle_allocate(32 * sizeof *cells);
    for (int i = 0; i < 32; i++)
        cells[i] = (struct cell){(uint64_t)i, &cells[(i * 5 + 1) % 32], (uint8_t)i};
}

static void dispatch_step(void)
{
    static void (*const operations[])(struct cell *) = {add_cell, set_cell, swap_cell,
                                                        turn_cell};
    for (int i = 0; i < 8; i++) {
        struct cell *cell = &cells[oracle_random() % 32];
        operations[cell->operation & 3](cell);
    }
}

/* ---- recursion through locals on the unsafe stack ---- */

static uint64_t deepest;

struct frame {
    struct frame *caller;
    uint64_t words[6];
};

__attribute__((noinline)) static uint64_t descend(struct frame *caller, uint32_t depth)
{
    struct frame mine = {caller, {depth}};
    if (depth > deepest)
        deepest = depth;
    if (depth < 24)
        mine.words[depth % 6] += descend(&mine, depth + 1 + oracle_random() % 2);
    if (caller != NULL)
        caller->words[depth % 6] = mine.words[0];
    for (struct frame *at = &mine; at->caller != NULL; at = at->caller)
        at->caller->words[5]++;
    return mine.words[1];
}

static void recursion_prepare(void)
{
    deepest = 0;
}

static void recursion_step(void)
{
    deepest += descend(NULL, 0) & 1;
}

/* ---- arrays whose length comes from memory ---- */

static struct {
    uint64_t length, used;
    uint8_t *from;
} shape;

static void arrays_prepare(void)
{
    shape.length = 40;
    shape.used = 24;
    shape.from = oracle_allocate(256);
}

__attribute__((noinline)) static void work_on(uint8_t *array, uint64_t length)
{
    for (uint64_t i = 0; i < length; i++)
        array[i] = (uint8_t)(array[i] + i);
}

__attribute__((noinline)) static void with_array(int depth)
{
    uint8_t array[shape.length];
    uint64_t *more = __builtin_alloca(shape.used * sizeof *more);
    memset(array, depth, sizeof array);
    work_on(array, shape.used);
    work_on((uint8_t *)more, shape.used);
    if (depth > 0)
        with_array(depth - 1);
    array[shape.used] = 1;
    more[shape.used - 1] = (uint64_t)depth;
    shape.from[depth] = array[shape.used / 2];
}

static void arrays_step(void)
{
    with_array(3);
}

/* ---- setjmp and longjmp, with the jmp_buf corrupted ---- */

jmp_buf oracle_jump;

static struct {
    uint64_t *a, *b, *c, *d;
    uint64_t volatile jumps;
} held;

static void jumps_prepare(void)
{
    held.a = oracle_allocate(64);
    held.b = oracle_allocate(64);
    held.c = oracle_allocate(64);
    held.d = oracle_allocate(64);
    /* That a stack's first call of setjmp was made is noted once. */
    if (setjmp(oracle_jump) != 0)
        held.jumps++;
}

__attribute__((noinline)) static void leave(void)
{
    held.jumps++;
    for (uint64_t volatile i = 0; i < 20; i++)
        held.a[2] = i;
    longjmp(oracle_jump, 1);
}

__attribute__((noinline)) static uint64_t jump_once(uint64_t *a, uint64_t *b, uint64_t *c,
                                                    uint64_t *d)
{
    if (setjmp(oracle_jump) == 0)
        leave();
    *a += 1;
    *b += *a;
    *c += *b;
    *d += *c;
    return *d;
}

__attribute__((noinline)) static void jumps_step(void)
{
    uint64_t *a = held.a, *b = held.b, *c = held.c, *d = held.d;
    uint64_t sum = 0;
    for (int i = 0; i < 4; i++) {
        sum += jump_once(a, b, c, d);
        a[1] = sum;
        b[1] = sum + 1;
        c[1] = sum + 2;
        d[1] = sum + 3;
    }
}

const struct workload oracle_control[] = {WORKLOAD(interpreter), WORKLOAD(dispatch),
                                          WORKLOAD(recursion),   WORKLOAD(arrays),
                                          WORKLOAD(jumps),       {NULL, NULL, NULL}};
