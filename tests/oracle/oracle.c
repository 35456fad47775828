/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The execution oracle: hardened victims are started again and again, their ordinary memory is
 * corrupted from outside while they work, and no byte of their lower half may change by it. The
 * same victims without instrumentation are the control: there, something must change. Where
 * reads are confined, nothing of it may be found in ordinary memory either; where they are not,
 * it must.
 */
#include <errno.h>
#include <getopt.h>
#include <glob.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "adversary.h"
#include "snapshot.h"
#include "tracee.h"

#define WORKLOADS_MAX 64
#define VICTIM_MILLISECONDS 40
/* Nobody disturbs these, but a machine may be busy. */
#define CALM_MILLISECONDS 20000
#define CONTROL_SECONDS 30
#define SHOWN_CHANGES 16

enum outcome { COMPLETED, BLOCKED, OTHER_SIGNAL, OTHER_STATUS, STOPPED, OUTCOMES };
static const char *const outcome_names[OUTCOMES] = {"completed", "blocked", "other signal",
                                                    "other status", "stopped by us"};

struct program {
    char path[PATH_MAX];
    bool reads; /* its reads are confined too */
    uint64_t runs, blocked_writes, writes, leaks, outcomes[OUTCOMES];
};

static char *workloads[WORKLOADS_MAX];
static size_t workload_count;
static struct snapshot before, after;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void take(struct snapshot *snapshot, const struct tracee *tracee)
{
    int error = snapshot_take(snapshot, tracee);
    if (error == -ENOTTY) {
        puts("skipped: Linux 6.7 is needed, which tells what pages a process has");
        exit(77);
    }
    if (error != 0) {
        fprintf(stderr, "oracle: error: cannot read a victim: %s\n", strerror(-error));
        exit(1);
    }
}

/* ---- one victim ---- */

/* Lets it run, with some writes before, and some or many or none while it does. */
static void attack(struct adversary *adversary, struct tracee *tracee, bool calm)
{
    static const uint64_t races[] = {0, 8, 200, UINT64_MAX};
    static const useconds_t pauses[] = {0, 0, 20, 200};
    uint64_t left = calm ? 0 : races[adversary_random(adversary) % 4];
    const useconds_t pause = pauses[adversary_random(adversary) % 4];
    uint64_t at_once = calm ? 0 : adversary_random(adversary) % 6 + (left == 0);
    while (at_once-- > 0)
        adversary_write(adversary);
    const double end = now() + (calm ? CALM_MILLISECONDS : VICTIM_MILLISECONDS) / 1000.0;
    tracee_continue(tracee);
    while (tracee_poll(tracee) != EVENT_ENDED) {
        if (now() >= end) {
            tracee_hold(tracee);
            break;
        }
        if (left > 0) {
            left--;
            adversary_write(adversary);
        }
        if (pause > 0 || left == 0)
            usleep(pause + 20);
    }
}

static enum outcome outcome_of(const struct tracee *tracee)
{
    if (strstr(tracee->report, "ERROR: MemSentry: blocked") != NULL)
        return BLOCKED;
    if (tracee->timed_out)
        return STOPPED;
    if (WIFSIGNALED(tracee->status))
        return OTHER_SIGNAL;
    return WEXITSTATUS(tracee->status) == 0 ? COMPLETED : OTHER_STATUS;
}

/* Words of a canary that turned up in ordinary memory. */
static long find_leaks(const struct adversary *adversary, struct change *changes)
{
    uint64_t words[PAGE / 8];
    long count = 0;
    for (int i = 0; i < adversary->count; i++) {
        const struct target *target = &adversary->targets[i];
        for (uint64_t page = target->start & -PAGE; page < target->end; page += PAGE) {
            if (!tracee_read(adversary->tracee, page, words, PAGE))
                continue;
            for (size_t j = 0; j < PAGE / 8; j++) {
                if (words[j] >> 32 != ORACLE_PATTERN >> 32)
                    continue;
                if (count < SHOWN_CHANGES)
                    changes[count] = (struct change){page + j * 8, 0, words[j]};
                count++;
            }
        }
    }
    return count;
}

static void show(const struct program *program, uint64_t seed, const char *workload,
                 const struct adversary *adversary, const struct change *changes, long count,
                 const struct tracee *tracee)
{
    printf("FAILED: seed %lu, %s, workload %s: %ld words changed or leaked\n", seed,
           program->path, workload, count);
    for (long i = 0; i < count && i < SHOWN_CHANGES; i++)
        printf("  %#014lx: %#lx -> %#lx\n", changes[i].address, changes[i].old, changes[i].new);
    printf("canaries at %#lx, %#lx, %#lx, %#lx; main's frame at %#lx, the other thread's at "
           "%#lx\n",
           tracee->self.canaries[0].start, tracee->self.canaries[1].start,
           tracee->self.canaries[2].start, tracee->self.canaries[3].start, tracee->self.frame,
           tracee->self.parked_frame);
    uint64_t shown = adversary->writes < LAST_WRITES ? adversary->writes : LAST_WRITES;
    printf("the last %lu of %lu writes:\n", shown, adversary->writes);
    for (uint64_t i = adversary->writes - shown; i < adversary->writes; i++) {
        const struct corruption *write = &adversary->last[i % LAST_WRITES];
        printf("  %u bytes at %#014lx: %#lx\n", write->width, write->address, write->value);
    }
    if (tracee->lost != 0)
        printf("control flow was lost: no code at %#lx\n", tracee->lost);
    printf("status %#x, standard error:\n%s", (unsigned)tracee->status, tracee->report);
    printf("again: oracle --seed=%lu --once (more than once, when writes raced)\n", seed);
}

enum manner { CALM, CONTROL, LOUD };

/* Tells whether it failed, in detail when loud. Calm is without an attack. */
static bool run_victim(struct program *program, uint64_t seed, const char *workload,
                       enum manner manner)
{
    struct tracee tracee;
    struct adversary adversary;
    struct change changes[SHOWN_CHANGES];
    if (!tracee_start(&tracee, program->path, workload)) {
        tracee_finish(&tracee);
        fprintf(stderr, "oracle: error: %s %s does not start: status %#x\n%s", program->path,
                workload, (unsigned)tracee.status, tracee.report);
        exit(1);
    }
    take(&before, &tracee);
    adversary_begin(&adversary, &tracee, program->path, seed);
    attack(&adversary, &tracee, manner == CALM);
    take(&after, &tracee);
    long count = snapshot_compare(&before, &after, changes, SHOWN_CHANGES);
    if (count == 0) {
        const long leaks = find_leaks(&adversary, changes);
        program->leaks += leaks > 0;
        count = program->reads ? leaks : 0;
    }
    tracee_finish(&tracee);
    const bool failed = count > 0 || (tracee.lost != 0 && manner != CONTROL);
    if (failed && manner != CONTROL)
        show(program, seed, workload, &adversary, changes, count, &tracee);
    program->runs++;
    program->writes += adversary.writes;
    program->outcomes[outcome_of(&tracee)]++;
    program->blocked_writes += strstr(tracee.report, "blocked write") != NULL;
    adversary_finish(&adversary);
    return failed;
}

/* ---- all of them ---- */

static size_t find_programs(const char *directory, const char *pattern,
                            struct program **programs)
{
    char path[PATH_MAX];
    glob_t found;
    snprintf(path, sizeof path, "%s/%s", directory, pattern);
    size_t count = glob(path, 0, NULL, &found) == 0 ? found.gl_pathc : 0;
    *programs = calloc(count + 1, sizeof **programs);
    for (size_t i = 0; i < count; i++) {
        struct program *program = &(*programs)[i];
        if (realpath(found.gl_pathv[i], program->path) == NULL)
            exit(1);
        program->reads = strstr(program->path, "/victim-rw-") != NULL;
    }
    if (count == 0) {
        fprintf(stderr, "oracle: error: nothing matches %s\n", path);
        exit(1);
    }
    globfree(&found);
    return count;
}

static void find_workloads(const char *program)
{
    char line[PATH_MAX + 2];
    snprintf(line, sizeof line, "'%s'", program);
    FILE *list = popen(line, "re");
    while (list != NULL && workload_count < WORKLOADS_MAX &&
           fgets(line, sizeof line, list) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        workloads[workload_count++] = strdup(line);
    }
    if (list == NULL || pclose(list) != 0 || workload_count == 0) {
        fprintf(stderr, "oracle: error: %s lists no workloads\n", program);
        exit(1);
    }
}

/* Without an attack every workload completes, and nothing changes. */
static bool run_calm(struct program *program, uint64_t seed)
{
    bool good = true;
    for (size_t i = 0; i < workload_count; i++)
        good = !run_victim(program, seed, workloads[i], CALM) && good;
    if (program->outcomes[COMPLETED] == workload_count)
        return good;
    printf("FAILED: not every workload of %s completes without an attack\n", program->path);
    return false;
}

/* Every workload must be seen to change something in one of the builds without instrumentation.
 */
static bool run_controls(struct program *controls, size_t count, uint64_t seed)
{
    bool good = true;
    for (size_t i = 0; i < workload_count; i++) {
        struct program *program = &controls[(seed + i) % count];
        const char *workload = workloads[i];
        const double start = now();
        uint64_t runs = 1;
        while (!run_victim(program, seed++, workload, CONTROL) &&
               now() < start + CONTROL_SECONDS)
            runs++;
        if (now() < start + CONTROL_SECONDS)
            continue;
        printf("FAILED: %s, workload %s: nothing changed in %lu runs without instrumentation\n",
               program->path, workload, runs);
        good = false;
    }
    uint64_t runs = 0;
    for (size_t i = 0; i < count; i++)
        runs += controls[i].runs;
    printf(
        "control: %zu workloads, each seen to change the lower half in one of %zu builds%s, in "
        "%lu runs\n",
        workload_count, count, good ? "" : " but for the above", runs);
    return good;
}

static void print_table(const struct program *programs, size_t count, double seconds)
{
    printf("%-12s %10s %10s %12s %8s", "victim", "runs", "blocked/s", "writes", "leaks");
    for (int i = 0; i < OUTCOMES; i++)
        printf(" %13s", outcome_names[i]);
    putchar('\n');
    for (size_t i = 0; i < count; i++) {
        const struct program *program = &programs[i];
        printf("%-12s %10lu %10.1f %12lu %8lu", strrchr(program->path, '/') + 1, program->runs,
               (double)program->blocked_writes / seconds, program->writes, program->leaks);
        for (int j = 0; j < OUTCOMES; j++)
            printf(" %13lu", program->outcomes[j]);
        putchar('\n');
    }
}

static void show_progress(uint64_t runs, double seconds, int wanted)
{
    static double last;
    const bool terminal = isatty(1);
    if (seconds < last + (terminal ? 1 : 60))
        return;
    last = seconds;
    printf(terminal ? "\r%lu victims in %.0f s of %d " : "%lu victims in %.0f s of %d\n", runs,
           seconds, wanted);
    fflush(stdout);
}

static bool run_victims(struct program *programs, size_t count, uint64_t seed, int seconds,
                        bool once)
{
    const double start = now();
    uint64_t runs = 0, blocked = 0, leaks = 0;
    bool failed = false;
    /* Which victim a seed stands for does not depend on how many were run before. */
    do {
        struct program *program = &programs[seed % count];
        failed = run_victim(program, seed, workloads[seed / count % workload_count], LOUD);
        seed++;
        runs++;
        show_progress(runs, now() - start, seconds);
    } while (!once && !failed && now() < start + seconds);
    const double spent = now() - start;
    for (size_t i = 0; i < count; i++) {
        blocked += programs[i].blocked_writes;
        leaks += programs[i].leaks;
    }
    if (isatty(1))
        printf("\r\33[K");
    print_table(programs, count, spent);
    printf("%lu victims in %.0f s, %lu blocked writes, next seed %lu: %s\n", runs, spent,
           blocked, seed, failed ? "FAILED" : "nothing changed below the split");
    if (!failed && !once && blocked * 25 < runs) {
        puts("FAILED: void, fewer than one victim in 25 was stopped at a write");
        return true;
    }
    if (!failed && !once && leaks < runs / 1000) {
        puts("FAILED: void, fewer than one victim in 1000 leaked where reads are not confined");
        return true;
    }
    return failed;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"seconds", required_argument, NULL, 's'}, {"seed", required_argument, NULL, 'n'},
        {"once", no_argument, NULL, 'o'},          {"victims", required_argument, NULL, 'v'},
        {"help", no_argument, NULL, 'h'},          {NULL, 0, NULL, 0}};
    const char *directory = PROGRAM_DIR;
    uint64_t seed = (uint64_t)time(NULL) * 100000;
    int seconds = 60, option;
    bool once = false;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 's':
            seconds = atoi(optarg);
            break;
        case 'n':
            seed = strtoull(optarg, NULL, 0);
            break;
        case 'o':
            once = true;
            break;
        case 'v':
            directory = optarg;
            break;
        default:
            puts("usage: oracle [--seconds=60] [--seed=N] [--once] [--victims=DIR]");
            return option == 'h' ? 0 : 2;
        }
    }
    struct program *programs, *controls;
    size_t count = find_programs(directory, "victim-*-O*", &programs);
    size_t control_count = find_programs(directory, "control-O*", &controls);
    find_workloads(programs[0].path);
    setlinebuf(stdout);
    printf("oracle: seed %lu, %zu victims, %zu workloads\n", seed, count, workload_count);
    bool controlled = true;
    for (size_t i = 0; i < count && !once; i++)
        controlled = run_calm(&programs[i], seed) && controlled;
    for (size_t i = 0; i < control_count && !once; i++)
        controlled = run_calm(&controls[i], seed) && controlled;
    if (!once)
        controlled = run_controls(controls, control_count, seed) && controlled;
    return run_victims(programs, count, seed, seconds, once) || !controlled;
}
