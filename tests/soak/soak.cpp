// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Threads, signals, contexts, jumps and exceptions all at once, for as long as is asked for;
// every value is checked, and memory must not grow. Usage: soak SECONDS
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#define CHECK(condition)                                                                       \
    do {                                                                                       \
        if (!(condition)) {                                                                    \
            fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__, #condition);            \
            _exit(1);                                                                          \
        }                                                                                      \
    } while (0)

namespace
{

constexpr int Workers = 6;
constexpr long GrowthKiB = 32 * 1024;
constexpr size_t ContextStack = 64 * 1024;

std::atomic<bool> Stop;
std::atomic<unsigned long> Handled, Thrown, Jumped, Switched, Started, Cancelled, Forked;

void escape(void *Pointer)
{
    __asm__ volatile("" : : "r"(Pointer) : "memory");
}

struct Random {
    unsigned State;
    unsigned next(unsigned Limit)
    {
        State = State * 1664525 + 1013904223;
        return (State >> 8) % Limit;
    }
};

// ---- signals ----

__attribute__((noinline)) int descend(int Depth)
{
    volatile char Buffer[128];
    memset(const_cast<char *>(Buffer), Depth, sizeof Buffer);
    escape(const_cast<char *>(Buffer));
    const int Below = Depth == 0 ? 0 : descend(Depth - 1);
    CHECK(Buffer[0] == Depth && Buffer[127] == Depth);
    return Below + 1;
}

void onSignal(int, siginfo_t *, void *)
{
    CHECK(descend(5) == 6);
    Handled++;
}

thread_local sigjmp_buf SafePoint;
thread_local volatile sig_atomic_t MayLeave;

void onLeave(int)
{
    CHECK(descend(2) == 3);
    Handled++;
    if (MayLeave != 0) {
        MayLeave = 0;
        siglongjmp(SafePoint, 1);
    }
}

void leaveHandler()
{
    char Local[200];
    memset(Local, 'l', sizeof Local);
    escape(Local);
    if (sigsetjmp(SafePoint, 1) == 0) {
        MayLeave = 1;
        pthread_kill(pthread_self(), SIGUSR2);
        MayLeave = 0;
    }
    CHECK(Local[0] == 'l' && Local[199] == 'l');
    Jumped++;
}

// ---- exceptions ----

struct Guard {
    int &Count;
    explicit Guard(int &Count) : Count(Count)
    {
        Count++;
    }
    ~Guard()
    {
        Count--;
    }
};

__attribute__((noinline)) void raise(int Depth, int &Count)
{
    Guard Held(Count);
    std::string Text(Depth * 7 + 1, 'x');
    escape(&Text);
    if (Depth == 0)
        throw std::vector<int>{1, 2, 3};
    raise(Depth - 1, Count);
    CHECK(Text[0] == 'x');
}

void throwThrough(Random &Source)
{
    int Count = 0, Caught = 0;
    const int Depth = static_cast<int>(Source.next(20));
    try {
        raise(Depth, Count);
    } catch (const std::vector<int> &Value) {
        Caught = Value[2];
    }
    CHECK(Count == 0 && Caught == 3);
    Thrown++;
}

// ---- jumps ----

__attribute__((noinline)) void jumpFrom(jmp_buf Target, int Depth)
{
    char Buffer[100];
    memset(Buffer, Depth, sizeof Buffer);
    escape(Buffer);
    if (Depth == 0)
        longjmp(Target, 42);
    jumpFrom(Target, Depth - 1);
    escape(Buffer);
}

void jump(Random &Source)
{
    jmp_buf Target;
    volatile int Rounds = 0;
    char Local[64];
    memset(Local, 'j', sizeof Local);
    escape(Local);
    const int Value = setjmp(Target);
    if (Value == 0 || Rounds < 3) {
        Rounds = Rounds + 1;
        jumpFrom(Target, static_cast<int>(Source.next(10)));
    }
    CHECK(Value == 42 && Rounds == 3 && Local[63] == 'j');
    Jumped++;
}

// ---- contexts ----

struct Coroutine {
    ucontext_t Own, Back;
    Random Source;
    int Sum, Rounds;
};

void runCoroutine(unsigned High, unsigned Low)
{
    auto *Self = reinterpret_cast<Coroutine *>(static_cast<uintptr_t>(High) << 32 | Low);
    int Numbers[32];
    for (int I = 0; I < 32; I++)
        Numbers[I] = I;
    escape(Numbers);
    for (int Round = 0; Round < Self->Rounds; Round++) {
        Self->Sum += Numbers[Self->Source.next(32)] * 0 + 1;
        if (Self->Source.next(3) == 0)
            throwThrough(Self->Source);
        swapcontext(&Self->Own, &Self->Back);
    }
    CHECK(Numbers[31] == 31);
}

void switchContexts(Random &Source)
{
    std::vector<Coroutine> All(1 + Source.next(8));
    std::vector<std::vector<char>> Stacks(All.size(), std::vector<char>(ContextStack));
    for (size_t I = 0; I < All.size(); I++) {
        Coroutine &Each = All[I];
        Each.Source = {Source.next(1000000)};
        Each.Rounds = 1 + static_cast<int>(Source.next(10));
        CHECK(getcontext(&Each.Own) == 0);
        Each.Own.uc_stack.ss_sp = Stacks[I].data();
        Each.Own.uc_stack.ss_size = ContextStack;
        Each.Own.uc_link = &Each.Back;
        const uintptr_t Address = reinterpret_cast<uintptr_t>(&Each);
        makecontext(&Each.Own, reinterpret_cast<void (*)()>(runCoroutine), 2,
                    static_cast<unsigned>(Address >> 32), static_cast<unsigned>(Address));
    }
    // One more time than it has rounds: the last one lets it end.
    for (Coroutine &Each : All)
        for (int Round = 0; Round <= Each.Rounds; Round++) {
            CHECK(swapcontext(&Each.Back, &Each.Own) == 0);
            Switched++;
        }
    for (const Coroutine &Each : All)
        CHECK(Each.Sum == Each.Rounds);
}

// ---- threads and processes ----

void *shortThread(void *Argument)
{
    Random Source{static_cast<unsigned>(reinterpret_cast<uintptr_t>(Argument))};
    CHECK(descend(static_cast<int>(Source.next(30))) > 0);
    throwThrough(Source);
    return Argument;
}

void *endless(void *)
{
    std::string Held(1000, 'h');
    for (;;)
        usleep(1000);
}

void startThreads(Random &Source)
{
    pthread_t Thread;
    void *Result = nullptr;
    void *Argument = reinterpret_cast<void *>(static_cast<uintptr_t>(Source.next(1000) + 1));
    CHECK(pthread_create(&Thread, nullptr, shortThread, Argument) == 0);
    CHECK(pthread_join(Thread, &Result) == 0 && Result == Argument);
    Started++;
    if (Source.next(4) == 0) {
        CHECK(pthread_create(&Thread, nullptr, endless, nullptr) == 0);
        CHECK(pthread_cancel(Thread) == 0 && pthread_join(Thread, &Result) == 0);
        CHECK(Result == PTHREAD_CANCELED);
        Cancelled++;
    }
}

void forkChild(Random &Source)
{
    const pid_t Child = fork();
    int Status;
    CHECK(Child >= 0);
    if (Child == 0) {
        throwThrough(Source);
        jump(Source);
        _exit(7);
    }
    pid_t Ended;
    do
        Ended = waitpid(Child, &Status, 0);
    while (Ended < 0 && errno == EINTR);
    CHECK(Ended == Child && WIFEXITED(Status) && WEXITSTATUS(Status) == 7);
    Forked++;
}

void *work(void *Argument)
{
    Random Source{static_cast<unsigned>(reinterpret_cast<uintptr_t>(Argument)) * 7919};
    std::vector<char> Alternate(64 * 1024);
    stack_t Stack = {};
    Stack.ss_sp = Alternate.data();
    Stack.ss_size = Alternate.size();
    CHECK(sigaltstack(&Stack, nullptr) == 0);
    while (!Stop) {
        switch (Source.next(40)) {
        case 0:
            startThreads(Source);
            break;
        case 1:
            if (Source.next(4) == 0)
                forkChild(Source);
            break;
        case 2:
        case 3:
            leaveHandler();
            break;
        default:
            if (Source.next(3) == 0)
                switchContexts(Source);
            else if (Source.next(2) == 0)
                throwThrough(Source);
            else
                jump(Source);
        }
    }
    Stack.ss_flags = SS_DISABLE;
    CHECK(sigaltstack(&Stack, nullptr) == 0);
    return nullptr;
}

long residentKiB()
{
    long All = 0, Resident = 0;
    FILE *File = fopen("/proc/self/statm", "r");
    CHECK(File && fscanf(File, "%ld %ld", &All, &Resident) == 2);
    fclose(File);
    return Resident * 4;
}

void handle(int Signal, void (*Plain)(int), void (*Full)(int, siginfo_t *, void *), int Flags)
{
    struct sigaction Action = {};
    if (Full)
        Action.sa_sigaction = Full;
    else
        Action.sa_handler = Plain;
    Action.sa_flags = Flags | SA_RESTART | (Full ? SA_SIGINFO : 0);
    CHECK(sigaction(Signal, &Action, nullptr) == 0);
}

} // namespace

int main(int Count, char **Arguments)
{
    const int Seconds = Count == 2 ? atoi(Arguments[1]) : 30;
    pthread_t Threads[Workers];
    handle(SIGALRM, nullptr, onSignal, 0);
    handle(SIGUSR1, nullptr, onSignal, SA_ONSTACK | SA_NODEFER);
    handle(SIGUSR2, onLeave, nullptr, 0);
    const itimerval Often = {{0, 1500}, {0, 1500}}, Never = {};
    CHECK(setitimer(ITIMER_REAL, &Often, nullptr) == 0);
    for (int I = 0; I < Workers; I++)
        CHECK(pthread_create(&Threads[I], nullptr, work,
                             reinterpret_cast<void *>(static_cast<uintptr_t>(I) + 1)) == 0);
    const time_t Start = time(nullptr);
    long Warm = 0;
    while (time(nullptr) - Start < Seconds) {
        usleep(2000);
        for (pthread_t Thread : Threads)
            pthread_kill(Thread, SIGUSR1);
        if (Warm == 0 && (time(nullptr) - Start) * 4 >= Seconds)
            Warm = residentKiB();
    }
    Stop = true;
    for (pthread_t Thread : Threads)
        CHECK(pthread_join(Thread, nullptr) == 0);
    CHECK(setitimer(ITIMER_REAL, &Never, nullptr) == 0);
    const long Grown = residentKiB() - Warm;
    printf("%d s: %lu handlers, %lu exceptions, %lu jumps, %lu switches, %lu threads, "
           "%lu cancelled, %lu forks; memory grew by %ld KiB\n",
           Seconds, Handled.load(), Thrown.load(), Jumped.load(), Switched.load(),
           Started.load(), Cancelled.load(), Forked.load(), Grown);
    CHECK(Grown < GrowthKiB);
    CHECK(Handled && Thrown && Jumped && Switched && Started && Cancelled && Forked);
    return 0;
}
