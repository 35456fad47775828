/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Attacks on what longjmp and setcontext believe: buffers that are corrupted or made up, that
 * belong to a function that has returned or to another thread, and the stacks of coroutines.
 */
#include <pthread.h>
#include <setjmp.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

#include "attack.h"

/* Where control must not come. Entered behind its prologue, which keeps the stack aligned. */
#define WIN ((uint64_t)win + 4)

__attribute__((noinline, used)) static void win(void)
{
    static const char word[] = "win\n";
    (void)!write(1, word, 4);
    _exit(42);
}

/* glibc's buffer: registers, with three of them mangled by a value that anybody can read. */
enum { WORD_RBX, WORD_RBP, WORD_R12, WORD_R13, WORD_R14, WORD_R15, WORD_RSP, WORD_RIP, WORDS };

static uint64_t mangled(uint64_t word)
{
    __asm__ volatile(MEMSENTRY_REVIEWED_ASM "xorq %%fs:0x30, %0\n\trolq $17, %0" : "+r"(word));
    return word;
}

static uint64_t demangled(uint64_t word)
{
    __asm__ volatile(MEMSENTRY_REVIEWED_ASM "rorq $17, %0\n\txorq %%fs:0x30, %0" : "+r"(word));
    return word;
}

static volatile uint64_t *words_of(jmp_buf buffer)
{
    return (volatile uint64_t *)buffer;
}

static sigjmp_buf target;
/* A stack full of return addresses, as the attacker would have it. */
static uint64_t stack[4096] __attribute__((aligned(64)));
static volatile int jumped;

static void fill_stack(void)
{
    for (size_t i = 0; i < sizeof stack / sizeof *stack; i++)
        attacker_writes(&stack[i], WIN);
}

/* Returns here by longjmp only, and control is where it should be. */
#define JUMP(set, jump, corrupt)                                                               \
    do {                                                                                       \
        jumped = 0;                                                                            \
        if (set == 0) {                                                                        \
            corrupt;                                                                           \
            jump;                                                                              \
        }                                                                                      \
        jumped = 1;                                                                            \
    } while (0)

__attribute__((noinline)) static int pc(void)
{
    JUMP(setjmp(target), longjmp(target, 1),
         attacker_writes(&words_of(target)[WORD_RIP], mangled(WIN)));
    return jumped;
}

__attribute__((noinline)) static int pc_by_signal_function(void)
{
    JUMP(sigsetjmp(target, 1), siglongjmp(target, 1),
         attacker_writes(&words_of(target)[WORD_RIP], mangled(WIN)));
    return jumped;
}

/* The next return takes its address from there. */
__attribute__((noinline)) static int sp(void)
{
    JUMP(setjmp(target), longjmp(target, 1), {
        fill_stack();
        attacker_writes(&words_of(target)[WORD_RSP], mangled((uint64_t)(stack + 2048)));
        attacker_writes(&words_of(target)[WORD_RBP], mangled((uint64_t)(stack + 2048)));
    });
    return jumped;
}

__attribute__((noinline)) static void corrupt_local(volatile uint64_t *words)
{
    attacker_writes(&words[WORD_RIP], mangled(WIN));
}

/* In a local variable, in a parameter: where RIPE has them. */
__attribute__((noinline)) static int local_buffer(void)
{
    jmp_buf buffer;
    JUMP(setjmp(buffer), longjmp(buffer, 1), corrupt_local(words_of(buffer)));
    return jumped;
}

__attribute__((noinline)) static int by_parameter(jmp_buf buffer)
{
    JUMP(_setjmp(buffer), _longjmp(buffer, 1), corrupt_local(words_of(buffer)));
    return jumped;
}

static int parameter_buffer(void)
{
    jmp_buf *buffer = malloc(sizeof *buffer);
    return by_parameter(*buffer);
}

/* Overflow of what lies before it. */
static struct {
    char name[32];
    jmp_buf buffer;
} record;

__attribute__((noinline)) static void overflow(const uint64_t *from, size_t size)
{
    memcpy(record.name, CORRUPTED(from), CORRUPTED(size));
}

__attribute__((noinline)) static int overflow_into_buffer(void)
{
    uint64_t payload[4 + WORDS];
    JUMP(setjmp(record.buffer), longjmp(record.buffer, 1), {
        for (int i = 0; i < 4 + WORDS; i++)
            payload[i] = mangled(WIN);
        payload[4 + WORD_RSP] = words_of(record.buffer)[WORD_RSP];
        overflow(payload, sizeof payload);
    });
    return jumped;
}

/* All of it is the attacker's; setjmp was never called. */
__attribute__((noinline)) static int made_up(void)
{
    fill_stack();
    for (int i = 0; i < WORDS; i++)
        attacker_writes(&words_of(target)[i], mangled((uint64_t)(stack + 2048)));
    attacker_writes(&words_of(target)[WORD_RIP], mangled(WIN));
    longjmp(target, 1);
}

/* What the runtime would take for a handle of the first entry, but for its number. */
__attribute__((noinline)) static int other_number(void)
{
    JUMP(setjmp(target), longjmp(target, 1), {
        const uint64_t handle = demangled(words_of(target)[WORD_RBP]);
        attacker_writes(&words_of(target)[WORD_RBP], mangled(handle + 1));
        attacker_writes(&words_of(target)[WORD_RIP], mangled(WIN));
    });
    return jumped;
}

__attribute__((noinline)) static int sets(void)
{
    if (setjmp(target) != 0)
        return 2;
    return 1;
}

__attribute__((noinline)) static int sets_deeper(void)
{
    volatile int result = sets();
    return result;
}

/* Its frames lie where that of sets() was. */
__attribute__((noinline)) static int fills_and_jumps(void)
{
    volatile uint64_t values[1024];
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        values[i] = WIN;
    longjmp(target, 1);
    return (int)values[0];
}

/* The function that has called setjmp is gone. */
__attribute__((noinline)) static int stale(void)
{
    if (sets_deeper() == 1)
        return fills_and_jumps();
    return 1;
}

static volatile int ready, over;

static void *waits_in_setjmp(void *argument)
{
    if (setjmp(target) != 0)
        win();
    ready = 1;
    while (!over)
        ;
    return argument;
}

static int other_thread(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, waits_in_setjmp, NULL);
    while (!ready)
        ;
    longjmp(target, 1);
}

/* What stays open: longjmp leads to another call of setjmp that is in force. */
__attribute__((noinline)) static int inner(void)
{
    static jmp_buf own;
    if (setjmp(own) == 0) {
        for (int i = 0; i < WORDS; i++)
            attacker_writes(&words_of(own)[i], words_of(target)[i]);
        longjmp(own, 1);
    }
    return 1;
}

__attribute__((noinline)) static int exchanged(void)
{
    if (setjmp(target) != 0)
        win();
    return inner();
}

/* What stays open: libc goes back to cleanup handlers by its own longjmp. */
static void cleans(void *argument)
{
    (void)argument;
}

static void *exits(void *argument)
{
    pthread_cleanup_push(cleans, NULL);
    /* The macro's own variable: what pthread_cleanup_push has made of it. */
    attacker_writes((uint64_t *)&__cancel_buf.__cancel_jmp_buf[0].__cancel_jmp_buf[WORD_RIP],
                    mangled(WIN));
    pthread_exit(argument);
    pthread_cleanup_pop(0);
    return argument;
}

static int cleanup_buffer(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, exits, NULL);
    pthread_join(thread, NULL);
    return 1;
}

static void *builtin_buffer[5];

__attribute__((noinline)) static void jumps_by_builtin(void)
{
    attacker_writes(&builtin_buffer[1], WIN);
    __builtin_longjmp(builtin_buffer, 1);
}

__attribute__((noinline)) static int builtin(void)
{
    if (__builtin_setjmp(builtin_buffer) == 0)
        jumps_by_builtin();
    return 1;
}

static ucontext_t here, other;

__attribute__((noinline)) static int context_pc(void)
{
    volatile int times = 0;
    getcontext(&here);
    if (times++ == 0) {
        attacker_writes(&here.uc_mcontext.gregs[REG_RIP], WIN);
        setcontext(&here);
    }
    return 1;
}

__attribute__((noinline)) static int context_sp(void)
{
    volatile int times = 0;
    getcontext(&here);
    if (times++ == 0) {
        fill_stack();
        attacker_writes(&here.uc_mcontext.gregs[REG_RSP], (uint64_t)(stack + 2048));
        attacker_writes(&here.uc_mcontext.gregs[REG_RBP], (uint64_t)(stack + 2048));
        setcontext(&here);
    }
    return 1;
}

__attribute__((noinline)) static int context_made_up(void)
{
    getcontext(&here);
    memset(&other, 0, sizeof other);
    memcpy(&other.uc_mcontext.gregs, &here.uc_mcontext.gregs, sizeof other.uc_mcontext.gregs);
    other.uc_mcontext.fpregs = &other.__fpregs_mem;
    other.__fpregs_mem = here.__fpregs_mem;
    attacker_writes(&other.uc_mcontext.gregs[REG_RIP], WIN);
    setcontext(&other);
    return 1;
}

static void yields(void)
{
    volatile int times = 0;
    swapcontext(&other, &here);
    times++;
}

static void start_coroutine(void)
{
    getcontext(&other);
    other.uc_stack.ss_sp = stack;
    other.uc_stack.ss_size = sizeof stack;
    other.uc_link = &here;
    makecontext(&other, yields, 0);
    swapcontext(&here, &other);
}

/* While a coroutine waits, its stack is memory like any other. */
__attribute__((noinline)) static int coroutine_stack(void)
{
    start_coroutine();
    for (size_t i = 0; i < sizeof stack / sizeof *stack; i++)
        if (stack[i] != 0)
            attacker_writes(&stack[i], WIN);
    swapcontext(&here, &other);
    return 1;
}

__attribute__((noinline)) static int coroutine_pc(void)
{
    start_coroutine();
    attacker_writes(&other.uc_mcontext.gregs[REG_RIP], WIN);
    swapcontext(&here, &other);
    return 1;
}

/* A coroutine that has ended is gone on with; its stack belongs to somebody else. */
__attribute__((noinline)) static int coroutine_over(void)
{
    static ucontext_t before;
    start_coroutine();
    before = other;
    before.uc_mcontext.fpregs = &before.__fpregs_mem;
    swapcontext(&here, &other);
    fill_stack();
    swapcontext(&here, &before);
    return 1;
}

int main(int count, char **arguments)
{
    static const struct {
        const char *name;
        int (*attack)(void);
    } attacks[] = {
        {"pc", pc},
        {"pc_by_signal_function", pc_by_signal_function},
        {"sp", sp},
        {"local_buffer", local_buffer},
        {"parameter_buffer", parameter_buffer},
        {"overflow_into_buffer", overflow_into_buffer},
        {"made_up", made_up},
        {"other_number", other_number},
        {"stale", stale},
        {"other_thread", other_thread},
        {"builtin", builtin},
        {"exchanged", exchanged},
        {"cleanup_buffer", cleanup_buffer},
        {"context_pc", context_pc},
        {"context_sp", context_sp},
        {"context_made_up", context_made_up},
        {"coroutine_stack", coroutine_stack},
        {"coroutine_pc", coroutine_pc},
        {"coroutine_over", coroutine_over},
    };
    for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++)
        if (count == 2 && strcmp(arguments[1], attacks[i].name) == 0) {
            attacks[i].attack();
            puts("survived");
            return 0;
        }
    return count == 1 ? 0 : 2;
}
