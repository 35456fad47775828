/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Every primitive of a program against a plain build, where it must work,
 * and hardened ones, where it must not. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <inttypes.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "builds.h"
#include "run.h"

enum stopped_by { STORE, LOAD, UPDATE, CALL, CALL_SEALED, LENGTH, NOTHING, RACE, OPEN };

struct primitive {
    char program[16], name[40], callee[24], build[8];
    enum stopped_by stopped_by;
    int offset;
};

#define CALL(callee) CALL, #callee
#define CALL_SEALED(callee) CALL_SEALED, #callee
#define STORE STORE, ""
#define LOAD LOAD, ""
#define UPDATE UPDATE, ""
#define LENGTH LENGTH, ""
#define NOTHING NOTHING, ""
#define RACE RACE, ""
#define OPEN OPEN, ""

struct row {
    const char *program, *name;
    enum stopped_by stopped_by;
    const char *callee;
    int offset;
};

static const struct row rows[] = {
#define PRIMITIVE(name, stopped_by, offset) {"primitives", #name, stopped_by, offset},
#include "primitives.def"
#define PRIMITIVE(name, stopped_by, offset) {"calls", #name, stopped_by, offset},
#include "calls.def"
#define PRIMITIVE(name, stopped_by, offset) {"accesses", #name, stopped_by, offset},
#include "accesses.def"
#define PRIMITIVE(name, stopped_by, offset) {"reads", #name, stopped_by, offset},
#include "reads.def"
#define PRIMITIVE(name, stopped_by, offset) {"language", #name, stopped_by, offset},
#include "language.def"
};

#undef CALL
#undef CALL_SEALED
#undef STORE
#undef LOAD
#undef UPDATE
#undef LENGTH
#undef NOTHING
#undef RACE
#undef OPEN

#define ROWS (sizeof rows / sizeof *rows)

static struct criterion_test_params parameters(size_t builds_used)
{
    static struct primitive primitives[BUILDS * ROWS];
    for (size_t i = 0; i < builds_used * ROWS; i++) {
        const struct row *row = &rows[i / builds_used];
        struct primitive *primitive = &primitives[i];
        strcpy(primitive->program, row->program);
        strcpy(primitive->name, row->name);
        strcpy(primitive->callee, row->callee);
        strcpy(primitive->build, builds[i % builds_used]);
        primitive->stopped_by = row->stopped_by;
        primitive->offset = row->offset;
    }
    return cr_make_param_array(struct primitive, primitives, builds_used * ROWS);
}

/* Runs it; returns the address that it aimed at. */
static uint64_t attack(struct outcome *outcome, const struct primitive *primitive,
                       const char *kind)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s-%s-%s", PROGRAM_DIR, primitive->program, kind,
             primitive->build);
    run(outcome, (char *[]){path, (char *)primitive->name, NULL}, NULL, 30);
    char *missing = strstr(outcome->out, "skip: ");
    if (missing)
        cr_skip_test("%s", missing);
    uint64_t target = 0;
    cr_assert(sscanf(outcome->out, "%" SCNx64, &target) == 1, "no target: %s%s", outcome->out,
              outcome->err);
    return target;
}

static bool says(const struct outcome *outcome, const char *word)
{
    return strstr(outcome->out, word) != NULL;
}

#ifndef CHECKED_BY_MPX
ParameterizedTestParameters(primitives, control)
{
    return parameters(PLAIN_BUILDS);
}

ParameterizedTest(struct primitive *primitive, primitives, control)
{
    /* Without optimisation no pointer lives in a register for longer than a statement. */
    if (primitive->stopped_by == NOTHING && strcmp(primitive->build, "O0") == 0)
        return;
    static struct outcome outcome;
    attack(&outcome, primitive, "plain");
    expect_exit(&outcome, 0);
    cr_assert(primitive->stopped_by == CALL_SEALED || says(&outcome, "\nchanged\n"),
              "the attack does not work by itself");
}
#endif

ParameterizedTestParameters(primitives, hardened)
{
    return parameters(PRIMITIVES_BUILDS);
}

ParameterizedTest(struct primitive *primitive, primitives, hardened)
{
    static const char *const accesses[] = {"write", "read", "(read|write)"};
#ifdef CHECKED_BY_MPX
    /* Where the check is, the access may not be. */
    const char *const or_checked = "|access";
#else
    const char *const or_checked = "";
#endif
    static struct outcome outcome;
    uint64_t target = attack(&outcome, primitive, HARDENED) + (uint64_t)primitive->offset;
    char pattern[256];
    switch (primitive->stopped_by) {
    case STORE:
    case LOAD:
    case UPDATE: {
        expect_signal(&outcome, SIGSEGV);
        /* Without SafeStack there is no number of ours for a thread. */
        snprintf(pattern, sizeof pattern,
                 "^==[0-9]+==ERROR: MemSentry: blocked (%s%s)( of [0-9]+ bytes?)? at "
                 "0x[0-9a-f]{12} \\(safe region \"target\", %s\\)$",
                 accesses[primitive->stopped_by], or_checked,
                 strcmp(primitive->program, "reads") ? "thread 0" : "kernel thread [0-9]+");
        expect_report(&outcome, pattern);
        uint64_t address = 0;
        sscanf(strstr(outcome.err, " at 0x"), " at %" SCNx64, &address);
        /* A block may be written in any order. */
        uint64_t span = 256;
#ifdef CHECKED_BY_MPX
        /*
         * A check tells the base of an address, if the access is not right behind it, and an
         * emulated processor starts at the other end.
         */
        target -= 1024;
        span += 1024;
#endif
        cr_assert(address - target < span, "aimed at %" PRIx64 ", hit %" PRIx64, target,
                  address);
        break;
    }
    case CALL:
    case CALL_SEALED:
        expect_signal(&outcome, SIGABRT);
        snprintf(pattern, sizeof pattern,
                 "^==[0-9]+==ERROR: MemSentry: blocked call of %s with 0x%012" PRIx64
                 " \\(safe region \"target\", thread 0\\)$",
                 primitive->callee, target);
        expect_report(&outcome, pattern);
        break;
    case LENGTH:
        expect_signal(&outcome, SIGABRT);
        expect_report(&outcome,
                      "^==[0-9]+==ERROR: MemSentry: blocked access of [0-9]+ bytes at "
                      "0x[0-9a-f]{12}: longer than the guard$");
        break;
    case NOTHING:
        expect_exit(&outcome, 0);
        cr_assert(says(&outcome, "\nunchanged\n"));
        expect_silence(&outcome);
        return;
    case RACE:
        for (int i = 0; i < 15; i++) {
            cr_assert(says(&outcome, "\nunchanged\n") && !says(&outcome, "\nchanged\n"));
            attack(&outcome, primitive, HARDENED);
        }
        return;
    case OPEN:
        expect_exit(&outcome, 0);
        cr_assert(says(&outcome, "\nchanged\n"),
                  "closed: move it out of the threat model's list");
        return;
    }
    cr_assert(!says(&outcome, "changed"));
    snprintf(pattern, sizeof pattern,
             "^SUMMARY: MemSentry: blocked-(write|read|call|length%s) "
             "\\(.*\\+0x[0-9a-f]+\\) \\(BuildId: [0-9a-f]{40}\\)$",
             or_checked);
    expect_report(&outcome, pattern);
}
