/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Shows what becomes of zmm16 to zmm31 under a real kernel and libc: what a backend that keeps
 * its keys in zmm27 to zmm31 relies on, and what it has to reckon with. Nothing here is
 * compiled for AVX, so the compiler leaves these registers alone. Prints TAP; a comment is a
 * fact, no promise. */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "wide.h"

enum { FIRST_KEY = 27, SEARCHED = 32768 };
#define KEYS 0xf800u /* zmm27 to zmm31 as bits of a mask that starts with zmm16 */

#define STORE_CHILD(n) "vmovdqu64 %%zmm" #n ", (" #n "-16)*64(%%rbx)\n\t"

static void load(const struct registers *from)
{
    __asm__ volatile(EACH(LOAD) : : "r"(from) : "memory");
}

static inline __attribute__((always_inline)) void store(struct registers *to)
{
    __asm__ volatile(EACH(STORE) : : "r"(to) : "memory");
}

static struct registers pattern(uint64_t seed)
{
    struct registers made;
    for (unsigned i = 0; i < COUNT; i++)
        for (unsigned lane = 0; lane < LANES; lane++)
            made.lane[i][lane] =
                seed * 0x9e3779b97f4a7c15 + (i * LANES + lane) * 0xff51afd7ed558ccd;
    return made;
}

/* Bit n: zmm(16+n) differs. Without a function of libc, which would use them. */
static unsigned differing(const struct registers *one, const struct registers *other)
{
    unsigned mask = 0;
    for (unsigned i = 0; i < COUNT; i++)
        for (unsigned lane = 0; lane < LANES; lane++)
            if (one->lane[i][lane] != other->lane[i][lane])
                mask |= 1u << i;
    return mask;
}

static unsigned tests, failures;

static void check(bool holds, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    printf("%sok %u - ", holds ? "" : "not ", ++tests);
    vprintf(format, arguments);
    printf("\n");
    va_end(arguments);
    failures += !holds;
}

static const char *names(unsigned mask)
{
    static char text[128];
    char *end = text;
    *end = '\0';
    for (unsigned i = 0; i < COUNT; i++)
        if (mask >> i & 1)
            end += sprintf(end, " %u", 16 + i);
    return mask ? text : " none";
}

/* What STATEMENT changes; system calls in it are raw where libc shall stay out. */
#define CHANGED_BY(statement)                                                                  \
    __extension__({                                                                            \
        struct registers before_ = pattern(__LINE__), after_;                                  \
        load(&before_);                                                                        \
        statement;                                                                             \
        store(&after_);                                                                        \
        differing(&before_, &after_);                                                          \
    })

static inline __attribute__((always_inline)) long raw(long number, long a, long b, long c,
                                                      long d)
{
    register long fourth __asm__("r10") = d;
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "0"(number), "D"(a), "S"(b), "d"(c), "r"(fourth)
                     : "rcx", "r11", "memory");
    return result;
}

static void system_calls(void)
{
    struct timespec short_time = {.tv_nsec = 20000000};
    check(!CHANGED_BY(for (int i = 0; i < 1000; i++) raw(SYS_getpid, 0, 0, 0, 0)),
          "all survive system calls");
    check(!CHANGED_BY(for (int i = 0; i < 100; i++) raw(SYS_sched_yield, 0, 0, 0, 0)),
          "all survive sched_yield");
    check(!CHANGED_BY(raw(SYS_nanosleep, (long)&short_time, 0, 0, 0)), "all survive sleep");
    char *fresh =
        mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    check(!CHANGED_BY(for (int i = 0; i < 1 << 20; i += 4096)((volatile char *)fresh)[i] = 1),
          "all survive page faults");
}

/* Threads that compute with patterns of their own while the scheduler takes turns. */
static void *spin(void *argument)
{
    struct registers mine = pattern((uintptr_t)argument), now;
    uintptr_t wrong = 0;
    for (int round = 0; round < 100; round++) {
        load(&mine);
        for (volatile int i = 0; i < 10000; i++)
            continue;
        if (round % 3 == 0)
            raw(SYS_sched_yield, 0, 0, 0, 0);
        store(&now);
        wrong |= differing(&mine, &now);
    }
    return (void *)wrong;
}

static void threads(void)
{
    enum { THREADS = 4 };
    pthread_t each[THREADS];
    uintptr_t all = 0;
    for (uintptr_t i = 0; i < THREADS; i++)
        pthread_create(&each[i], NULL, spin, (void *)(i + 1000));
    for (int i = 0; i < THREADS; i++) {
        void *wrong;
        pthread_join(each[i], &wrong);
        all |= (uintptr_t)wrong;
    }
    check(all == 0, "threads keep their own under the scheduler");
}

static struct registers seen;

static void *see(void *unused)
{
    store(&seen);
    return unused;
}

static _Alignas(64) char stack_of_child[1 << 16];
static volatile int child_done;

/* The child's first instructions after clone store what it has. */
static void clones(void)
{
    struct registers keys = pattern(77);
    long flags =
        CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM;
    load(&keys);
    long result;
    __asm__ volatile(
        "xorl %%edx, %%edx\n\t"
        "xorl %%r10d, %%r10d\n\t"
        "xorl %%r8d, %%r8d\n\t"
        "syscall\n\t"
        "testq %%rax, %%rax\n\t"
        "jnz 1f\n\t"
        "movq %[seen], %%rbx\n\t" EACH(STORE_CHILD) "movl $1, %[done]\n\t"
                                                    "movl %[exit], %%eax\n\t"
                                                    "xorl %%edi, %%edi\n\t"
                                                    "syscall\n\t"
                                                    "1:"
        : "=a"(result), [done] "=m"(child_done)
        : "0"(SYS_clone), "D"(flags),
          "S"(stack_of_child + sizeof stack_of_child), [seen] "r"(&seen), [exit] "i"(SYS_exit)
        : "rdx", "rcx", "r8", "r10", "r11", "rbx", "memory");
    while (!child_done)
        sched_yield();
    check(result > 0 && !differing(&keys, &seen),
          "a thread starts with its creator's (raw clone)");

    pthread_t thread;
    load(&keys);
    pthread_create(&thread, NULL, see, NULL);
    pthread_join(thread, NULL);
    unsigned changed = differing(&keys, &seen);
    check(!(changed & KEYS), "a thread's function starts with its creator's keys (pthread)");
    printf("# pthread_create changes on the way to the function:%s\n", names(changed));

    load(&keys);
    pid_t child = (pid_t)raw(SYS_fork, 0, 0, 0, 0);
    if (child == 0) {
        struct registers now;
        store(&now);
        _exit(differing(&keys, &now) != 0);
    }
    int status;
    waitpid(child, &status, 0);
    check(status == 0, "a child of fork starts with them");
}

static void handle(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)info, (void)context;
    store(&seen);
    struct registers others = pattern(99);
    load(&others);
}

static bool is_zero(unsigned *mask)
{
    struct registers zero = {{{0}}};
    *mask = differing(&zero, &seen);
    return *mask == 0;
}

static void signals(void)
{
    struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO};
    sigaction(SIGUSR1, &action, NULL);
    long self = getpid(), thread = gettid();
    unsigned mask = CHANGED_BY(raw(SYS_tgkill, self, thread, SIGUSR1, 0));
    check(!mask, "after a handler that changed all, all are as before");
    check(is_zero(&mask), "a handler starts with zeros, not with the keys");
    if (mask)
        printf("# a handler starts with something in:%s\n", names(mask));

    action.sa_handler = SIG_DFL;
    sigaction(SIGUSR1, &action, NULL);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGALRM);
    action.sa_sigaction = handle;
    sigaction(SIGALRM, &action, NULL);
    timer_t timer;
    timer_create(CLOCK_MONOTONIC, NULL, &timer);
    struct itimerspec often = {.it_interval.tv_nsec = 3000000, .it_value.tv_nsec = 1000000};
    timer_settime(timer, 0, &often, NULL);
    mask = CHANGED_BY(for (volatile int i = 0; i < 2000000; i++) continue);
    timer_delete(timer);
    check(!mask, "handlers that interrupt a loop change none");
}

/* Where a copy of a key lies in [low, high). */
static unsigned copies(const uint64_t *low, const uint64_t *high, const struct registers *keys)
{
    unsigned found = 0;
    for (; low + LANES <= high; low++) {
        unsigned lane = 0;
        while (lane < LANES && low[lane] == keys->lane[FIRST_KEY - 16][lane])
            lane++;
        found += lane == LANES;
    }
    return found;
}

/* What calls before have left. */
static __attribute__((noinline)) void clear_below(void)
{
    uint64_t there[SEARCHED / 8];
    for (unsigned i = 0; i < SEARCHED / 8; i++)
        ((volatile uint64_t *)there)[i] = 0;
}

static __attribute__((noinline)) unsigned below_stack(const struct registers *keys)
{
    const uint64_t *top = __builtin_frame_address(0);
    return copies(top - SEARCHED / 8, top, keys);
}

static void leaks(void)
{
    static struct registers keys;
    keys = pattern(4242);
    clear_below();
    load(&keys);
    (void)getppid(); /* the first call: the dynamic linker binds it */
    struct registers now;
    store(&now);
    unsigned copied = below_stack(&keys);
    printf("# the first call of a function that is bound lazily leaves %u copies of zmm27 "
           "below the "
           "stack pointer and changes:%s\n",
           copied, names(differing(&keys, &now)));
    struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO};
    sigaction(SIGUSR2, &action, NULL);
    long self = getpid(), thread = gettid();
    keys = pattern(4343);
    clear_below();
    load(&keys);
    raw(SYS_tgkill, self, thread, SIGUSR2, 0);
    printf("# a signal leaves %u copies of zmm27 below the stack pointer\n",
           below_stack(&keys));
}

static void aes(void)
{
    /* FIPS 197, appendix B, by the instructions for one round; the round keys as printed there.
     */
    static const uint8_t in[16] = {0x32, 0x43, 0xf6, 0xa8, 0x88, 0x5a, 0x30, 0x8d,
                                   0x31, 0x31, 0x98, 0xa2, 0xe0, 0x37, 0x07, 0x34};
    static const uint8_t key[16] = {0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6,
                                    0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c};
    static const uint8_t first[16] = {0xa0, 0xfa, 0xfe, 0x17, 0x88, 0x54, 0x2c, 0xb1,
                                      0x23, 0xa3, 0x39, 0x39, 0x2a, 0x6c, 0x76, 0x05};
    /* The state at the start of round 2 is this after AddRoundKey. */
    static const uint8_t expected[16] = {0xa4, 0x9c, 0x7f, 0xf2, 0x68, 0x9f, 0x35, 0x2b,
                                         0x6b, 0x5b, 0xea, 0x43, 0x02, 0x6a, 0x50, 0x49};
    uint8_t out[16], assisted[16], wide[64];
    __asm__("movdqu %[in], %%xmm0\n\tmovdqu %[key], %%xmm1\n\tmovdqu %[first], %%xmm2\n\t"
            "pxor %%xmm1, %%xmm0\n\taesenc %%xmm2, %%xmm0\n\tmovdqu %%xmm0, %[out]\n\t"
            "aeskeygenassist $1, %%xmm1, %%xmm3\n\tmovdqu %%xmm3, %[assisted]"
            : [out] "=m"(out), [assisted] "=m"(assisted)
            : [in] "m"(in), [key] "m"(key), [first] "m"(first)
            : "xmm0", "xmm1", "xmm2", "xmm3");
    check(memcmp(out, expected, 16) == 0, "AES-NI computes the round of FIPS 197");
    /* SubWord(RotWord(09cf4f3c)) ^ 01 = 8b84eb01 (appendix A.1). */
    check(memcmp(assisted + 12, "\x8b\x84\xeb\x01", 4) == 0, "aeskeygenassist as in FIPS 197");

    if (!__builtin_cpu_supports("vaes")) {
        printf("# no VAES\n");
        return;
    }
    __asm__("vbroadcasti32x4 %[in], %%zmm16\n\tvbroadcasti32x4 %[key], %%zmm17\n\t"
            "vbroadcasti32x4 %[first], %%zmm18\n\tvpxorq %%zmm17, %%zmm16, %%zmm16\n\t"
            "vaesenc %%zmm18, %%zmm16, %%zmm16\n\tvmovdqu64 %%zmm16, %[wide]"
            : [wide] "=m"(wide)
            : [in] "m"(in), [key] "m"(key), [first] "m"(first));
    bool same = true;
    for (int i = 0; i < 4; i++)
        same = same && memcmp(wide + 16 * i, expected, 16) == 0;
    check(same, "VAES computes it four times in zmm16 to zmm18");
}

int main(void)
{
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("aes")) {
        printf("1..0 # SKIP no AVX-512F or AES on this processor\n");
        return 0;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("# AVX-512 VL %d DQ %d BW %d, VAES %d\n", !!__builtin_cpu_supports("avx512vl"),
           !!__builtin_cpu_supports("avx512dq"), !!__builtin_cpu_supports("avx512bw"),
           !!__builtin_cpu_supports("vaes"));
    leaks();
    system_calls();
    threads();
    clones();
    signals();
    aes();
    printf("1..%u\n", tests);
    return failures != 0;
}
