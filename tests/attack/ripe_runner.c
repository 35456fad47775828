/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The matrix of ripe.h against a plain build and hardened ones. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <signal.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "ripe.h"
#include "run.h"

#define ATTACKS_MAX 512
#define ERROR "^==[0-9]+==ERROR: MemSentry: "

struct parameter {
    int number;
    char build[16];
};

static struct criterion_test_params parameters_of(const char *const *builds, size_t count)
{
    static struct parameter all[ATTACKS_MAX * 4];
    size_t used = 0;
    struct attack attack;
    for (int number = 0; attack_of(number, &attack); number++)
        for (size_t i = 0; i < count; i++) {
            all[used].number = number;
            strcpy(all[used++].build, builds[i]);
        }
    return cr_make_param_array(struct parameter, all, used);
}

static void run_ripe(struct outcome *outcome, const struct parameter *parameter)
{
    char path[512], number[16];
    snprintf(path, sizeof path, "%s/ripe-%s", PROGRAM_DIR, parameter->build);
    snprintf(number, sizeof number, "%d", parameter->number);
    run(outcome, (char *[]){path, number, NULL}, NULL, 30);
}

static struct attack describe(const struct parameter *parameter)
{
    struct attack attack = {0};
    cr_assert(attack_of(parameter->number, &attack));
    cr_log_info("%d: %s, %s, %s, %s, %s", parameter->number, location_names[attack.location],
                target_names[attack.target], technique_names[attack.technique],
                means_names[attack.means], parameter->build);
    return attack;
}

static void expect_win(const struct outcome *outcome)
{
    expect_exit(outcome, 42);
    cr_assert_str_eq(outcome->out, "win\n");
}

ParameterizedTestParameters(ripe, control)
{
    static const char *const builds[] = {"plain"};
    return parameters_of(builds, 1);
}

/* What Meson has libc do to fresh memory is not what the controls expect of it. */
__attribute__((constructor)) static void forget_settings(void)
{
    (void)unsetenv("MALLOC_PERTURB_");
}

ParameterizedTest(struct parameter *parameter, ripe, control)
{
    static struct outcome outcome;
    describe(parameter);
    run_ripe(&outcome, parameter);
    expect_win(&outcome);
}

ParameterizedTestParameters(ripe, hardened)
{
    static const char *const builds[] = {"O0", "O2", "static"};
    return parameters_of(builds, 3);
}

ParameterizedTest(struct parameter *parameter, ripe, hardened)
{
    static struct outcome outcome;
    const struct attack attack = describe(parameter);
    run_ripe(&outcome, parameter);
    switch (attack.target) {
    case FUNCTION_LOCAL:
    case FUNCTION_PARAMETER:
    case FUNCTION_IN_STRUCT:
        /* Pointers of the program are not what SafeStack is for. */
        expect_win(&outcome);
        return;
    case RETURN_ADDRESS:
    case BASE_POINTER:
        if (attack.technique == INDIRECT) {
            expect_signal(&outcome, SIGSEGV);
            expect_report(&outcome, ERROR "blocked write of 8 bytes at 0x[0-9a-f]{12} "
                                          "\\(safe region \"safestack\", thread 0\\)$");
            return;
        }
        break;
    default:
        if (attack.technique == DIRECT) {
            expect_signal(&outcome, SIGABRT);
            expect_report(&outcome, ERROR "longjmp to 0x[0-9a-f]{12}, a jmp_buf that setjmp "
                                          "did not fill or whose function has returned$");
            return;
        }
    }
    /* Without effect. */
    expect_exit(&outcome, 0);
    cr_assert_str_eq(outcome.out, "survived\n");
    expect_silence(&outcome);
}
