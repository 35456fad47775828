/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The attacks of domain.c against domain backends, and against a plain build, where they work.
 * What the processor lacks is skipped, and counted as such; that it is refused is a test, too.
 */
#include <cpuid.h>
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

#define ERROR "^==[0-9]+==ERROR: MemSentry: "
#define PLACE(name) " of 4 bytes at 0x[0-9a-f]{12} \\(" name ", kernel thread [0-9]+\\)$"
#define SECRET PLACE("safe region \"secret\"")

struct row {
    const char *name;
    int signal; /* that ends the hardened program */
    const char *report;
    const char *out;   /* what it prints before */
    const char *plain; /* what the plain program prints; NULL: it is not run */
};

/* Whatever the mode is. */
static const struct row rows[] = {
    {"writes", SIGSEGV, ERROR "blocked write" SECRET, "", "write works\n"},
    {"tables", SIGSEGV, ERROR "blocked write" PLACE("runtime data"), "",
     "write to the tables works\n"},
    {"configuration", SIGSEGV,
     ERROR "fault of code that is not confined: write" PLACE("runtime data"), "", NULL},
    {"trusted", 0, NULL, "trusted access works\n", "trusted access works\n"},
    {"in_thread", SIGSEGV, ERROR "blocked write" SECRET, "trusted access in a thread works\n",
     "trusted access in a thread works\nwrite in a thread works\n"},
    {"in_handler", SIGSEGV, ERROR "blocked write" SECRET, "trusted access in a handler works\n",
     "trusted access in a handler works\nwrite in a handler works\n"},
    {"after_longjmp", SIGSEGV, ERROR "blocked write" SECRET, "",
     "write after siglongjmp works\n"},
    {"in_child", SIGSEGV, ERROR "blocked write" SECRET, "trusted access in a child works\n",
     "trusted access in a child works\n"},
    {"mappings", 0, NULL,
     "mprotect does not work\npkey_mprotect does not work\nmunmap does not work\n"
     "madvise does not work\nmremap does not work\nmmap does not work\n"
     "mapping of its own works\ntrusted access works\n",
     NULL},
    {"keys", SIGSEGV, ERROR "blocked write" SECRET,
     "pkey_alloc does not work\nthe errno of none left works\npkey_free does not work\n"
     "pkey_set does not work\n",
     NULL},
    {"gate", SIGABRT, ERROR "a gate that closes the domain left it open: it was jumped into$",
     "", NULL},
    {"heap_block", SIGSEGV, ERROR "blocked write" PLACE("safe region \"blocks\""),
     "trusted access works\n", "trusted access works\nwrite to a block works\n"},
};

/* Where reads are confined, and where they are not. */
static const struct row rows_rw[] = {
    {"reads", SIGSEGV, ERROR "blocked read" SECRET, "", "read works\n"},
    {"guard", SIGSEGV, ERROR "blocked read" SECRET, "", NULL},
    {"name", SIGSEGV,
     ERROR "blocked read of 1 byte at 0x[0-9a-f]{12} \\(safe region \"secret\", kernel thread "
           "[0-9]+\\)$",
     "", "a region as a name works\n"},
    {"kernel_reads", 0, NULL, "write(2) of the region does not work\n",
     "write(2) of the region works\n"},
};
static const struct row rows_w[] = {
    {"reads", 0, NULL, "read works\n", NULL},
    {"reads_in_handler", 0, NULL, "read in a handler works\ndefault action works\n",
     "read in a handler works\ndefault action works\n"},
    {"guard", SIGSEGV, ERROR "fault of code that is not confined: read" SECRET, "", NULL},
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct outcome outcome;

/* Meson has programs find the libraries of the tests that it builds: not the stand-in, here. */
__attribute__((constructor)) static void forget_stand_in(void)
{
    (void)unsetenv("LD_LIBRARY_PATH");
}

static void run_attack(const char *build, const char *attack)
{
    char program[512];
    snprintf(program, sizeof program, "%s/domain-%s", PROGRAM_DIR, build);
    run(&outcome, (char *[]){program, (char *)attack, NULL}, NULL, 60);
}

static bool has_keys(void)
{
    unsigned eax, ebx, ecx = 0, edx;
    (void)__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx);
    return (ecx & 1 << 4) != 0;
}

static void expect_row(const char *build, const struct row *row)
{
    run_attack(build, row->name);
    if (row->signal != 0)
        expect_signal(&outcome, row->signal);
    else
        expect_exit(&outcome, 0);
    if (row->report != NULL)
        expect_report(&outcome, row->report);
    else
        expect_silence(&outcome);
    cr_assert_str_eq(outcome.out, row->out, "%s %s: %s", build, row->name, outcome.out);
}

/* By value: the parameters go to another process. */
struct parameter {
    char build[16];
    bool reads;
};

ParameterizedTestParameters(domain, attacks)
{
    static struct parameter parameters[] = {
        {"mpk-rw-O0", true}, {"mpk-rw-O2", true}, {"mpk-rw-static", true},
        {"mpk-w-O0", false}, {"mpk-w-O2", false}, {"mpk-w-static", false},
    };
    return cr_make_param_array(struct parameter, parameters, COUNT(parameters));
}

/* Not where they were brought along. */
static void skip_without_keys(void)
{
    if (has_keys())
        return;
    cr_assert_null(getenv("MEMSENTRY_NO_SKIP"), "there are no protection keys");
    printf("[SKIP] the processor has no protection keys (pku, ospke)\n");
    fflush(stdout);
    cr_skip_test("the processor has no protection keys (pku, ospke)");
}

ParameterizedTest(struct parameter *parameter, domain, attacks, .timeout = 300)
{
    skip_without_keys();
    for (size_t i = 0; i < COUNT(rows); i++)
        /* libc.a has no pkey_set that could be stood before. */
        if (strstr(parameter->build, "static") == NULL || strcmp(rows[i].name, "keys") != 0)
            expect_row(parameter->build, &rows[i]);
    const struct row *others = parameter->reads ? rows_rw : rows_w;
    const size_t count = parameter->reads ? COUNT(rows_rw) : COUNT(rows_w);
    for (size_t i = 0; i < count; i++)
        expect_row(parameter->build, &others[i]);
}

/* Gates that keep the rights of other keys. */
Test(domain, preserve, .timeout = 120)
{
    skip_without_keys();
    expect_row("mpk-preserve",
               &(struct row){"own_key", SIGSEGV, ERROR "blocked write" SECRET,
                             "pkey_alloc works\npkey_mprotect works\n"
                             "pkey_mprotect with the key of the regions does not work\n"
                             "the key's rights works\nwrite with an own key works\n"
                             "pkey_free works\n",
                             NULL});
    for (size_t i = 0; i < COUNT(rows); i++)
        if (strcmp(rows[i].name, "keys") != 0)
            expect_row("mpk-preserve", &rows[i]);
}

static void expect_refused(const char *build, const char *attack, const char *message)
{
    run_attack(build, attack);
    expect_exit(&outcome, 78);
    cr_assert_str_eq(outcome.out, "");
    expect_report(&outcome, message);
}

Test(domain, refused_without_a_free_key, .timeout = 120)
{
    skip_without_keys();
    expect_refused(
        "mpk-rw-O2", "taken_one",
        "^memsentry: error: the program is built with '-fmemsentry=mpk', and the "
        "protection key that its gates are made for is taken already; let what takes "
        "it \\(a library's constructor, execute-only memory\\) run later, or build it "
        "with '-fmemsentry=sfi'$");
    expect_refused("mpk-rw-O2", "taken_all",
                   "^memsentry: error: the program is built with '-fmemsentry=mpk', and all "
                   "protection keys are taken already; let what takes them \\(a library's "
                   "constructor\\) run later, or build it with '-fmemsentry=sfi'$");
}

static void expect_plain(const struct row *row)
{
    if (row->plain == NULL)
        return;
    run_attack("plain", row->name);
    expect_exit(&outcome, 0);
    cr_assert_str_eq(outcome.out, row->plain, "%s: %s", row->name, outcome.out);
}

/* The control: the same program without instrumentation. */
Test(domain, plain, .timeout = 120)
{
    for (size_t i = 0; i < COUNT(rows); i++)
        expect_plain(&rows[i]);
    for (size_t i = 0; i < COUNT(rows_rw); i++)
        expect_plain(&rows_rw[i]);
    for (size_t i = 0; i < COUNT(rows_w); i++)
        expect_plain(&rows_w[i]);
}

/* The control of "mappings". */
Test(domain, bare_calls)
{
    run_attack("plain", "bare_calls");
    expect_exit(&outcome, 0);
    cr_assert_str_eq(outcome.out, "madvise by its number works\n");
}

/* Hiding has no check at all: it is a control, too. */
Test(domain, hiding, .timeout = 120)
{
    run_attack("hide", "writes");
    expect_exit(&outcome, 0);
    cr_assert_str_eq(outcome.out, "write works\n");
}

/*
 * Encryption keeps nobody from touching a region: what is read there is no secret, and what is
 * written there nothing that the program knows. Where the processor has no AVX-512 the key is
 * in memory, see tests/support/crypt.
 */
static const struct row rows_crypt[] = {
    {"reads", 0, NULL, "read does not work\n", "read works\n"},
    {"writes", 0, NULL, "write does not work\n", "write works\n"},
    {"moves", 0, NULL, "move does not work\n", "move works\n"},
    {"trusted", 0, NULL, "trusted access works\n", NULL},
    {"in_thread", 0, NULL, "trusted access in a thread works\nwrite in a thread works\n", NULL},
    {"in_handler", 0, NULL, "trusted access in a handler works\nwrite in a handler works\n",
     NULL},
    {"in_child", 0, NULL, "trusted access in a child works\n", NULL},
    {"heap_block", 0, NULL, "trusted access works\nwrite to a block works\n", NULL},
    {"guard", SIGSEGV, ERROR "fault of code that is not confined: read" SECRET, "", NULL},
    {"ignores_case", 0, NULL, "strcasecmp works\n", NULL},
    {"loses_key", SIGABRT,
     ERROR "the key of the safe regions is gone: something in this process has used the vector "
           "registers zmm27 to zmm31$",
     "", NULL},
    /* Not kept by it, and named in docs/threat-model.md. */
    {"replays", 0, NULL, "replay works\n", "replay works\n"},
    {"tables", 0, NULL, "write to the tables works\n", NULL},
};

static bool has_wide_registers(void)
{
    unsigned eax, ebx = 0, ecx, edx;
    (void)__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx);
    return (ebx & bit_AVX512F) != 0;
}

/*
 * The control of the program's second start: with a variable that says it has been made, and
 * that libc takes for nothing, libc's functions for AVX-512 do use the registers.
 */
static void expect_libc_in_the_way(void)
{
    const char *const given = getenv("GLIBC_TUNABLES");
    char before[512] = "", variable[600];
    snprintf(before, sizeof before, "%s", given != NULL ? given : "glibc.cpu.hwcaps=");
    snprintf(variable, sizeof variable, "%s,-AVX512VL_", before);
    cr_assert(setenv("GLIBC_TUNABLES", variable, 1) == 0);
    expect_refused(
        "crypt-O2", "trusted",
        "^memsentry: error: the program is built with '-fmemsentry=crypt', and the C "
        "library here uses the vector registers zmm27 to zmm31; run it with "
        "GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX512VL, or build it with "
        "'-fmemsentry=sfi'$");
    cr_assert((given != NULL ? setenv("GLIBC_TUNABLES", before, 1)
                             : unsetenv("GLIBC_TUNABLES")) == 0);
}

Test(domain, encryption, .timeout = 600)
{
    if (has_wide_registers())
        expect_libc_in_the_way();
    if (!has_wide_registers())
        cr_assert(setenv("LD_LIBRARY_PATH", CRYPT_STAND_IN, 1) == 0);
    for (size_t i = 0; i < COUNT(rows_crypt); i++) {
        expect_row("crypt-O0", &rows_crypt[i]);
        expect_row("crypt-O2", &rows_crypt[i]);
    }
    cr_assert(unsetenv("LD_LIBRARY_PATH") == 0);
    for (size_t i = 0; i < COUNT(rows_crypt); i++)
        expect_plain(&rows_crypt[i]);
}

Test(domain, encryption_refused)
{
    if (has_wide_registers())
        cr_skip_test("the processor has AVX-512");
    expect_refused(
        "crypt-O2", "trusted",
        "^memsentry: error: the program is built with '-fmemsentry=crypt', and this "
        "processor has no AVX-512 or no AES \\('avx512f' and 'aes' in /proc/cpuinfo\\); run it "
        "on one that has, or build it with '-fmemsentry=sfi'$");
}

/* Starts a program with these notes, and this library with notes of its own, or none. */
static void run_noted(const char *program, const char *library)
{
    char path[512], preload[600] = "LD_PRELOAD=";
    snprintf(path, sizeof path, "%s/%s", PROGRAM_DIR, program);
    if (library != NULL)
        snprintf(preload, sizeof preload, "LD_PRELOAD=%s/%s", PROGRAM_DIR, library);
    run(&outcome, (char *[]){path, NULL},
        (char *[]){"MEMSENTRY_OPTIONS=verbose=1", preload, NULL}, 60);
}

static void expect_selected(const char *program, const char *library, const char *backend)
{
    char line[128];
    run_noted(program, library);
    expect_exit(&outcome, 0);
    snprintf(line, sizeof line, "^==[0-9]+==MemSentry [0-9.]+: backend %s", backend);
    expect_report(&outcome, line);
}

static void expect_not_selected(const char *program, const char *library, const char *message)
{
    run_noted(program, library);
    expect_exit(&outcome, 78);
    expect_report(&outcome, message);
}

Test(selection, by_the_program)
{
    expect_selected("noted-sfi", NULL, "sfi, guards");
    expect_selected("noted-hide", NULL,
                    "hide \\(regions at random places, not protected\\), guards");
    /* Only what a domain denies is shared by all code. */
    expect_selected("noted-sfi", "noted-sfi.so", "sfi, guards");
    expect_selected("noted-hide", "noted-hide.so", "hide ");
}

Test(selection, by_a_library)
{
    expect_selected("unnoted", "noted-hide.so", "hide ");
    expect_selected("unnoted", NULL, "sfi, ");
}

Test(selection, refused)
{
    expect_not_selected("noted-unknown", NULL,
                        "^memsentry: error: the program is built with '-fmemsentry=mpz', which "
                        "this runtime does not know; build it and the runtime with one version "
                        "of MemSentry$");
    expect_not_selected("noted-absent", NULL,
                        "^memsentry: error: the program is built with '-fmemsentry=vmfunc', "
                        "which this runtime does not contain; ");
    expect_not_selected("noted-garbled", NULL,
                        "^memsentry: error: the program has a note that this runtime cannot "
                        "read: 'abi=1 backend=sfi'; ");
    expect_not_selected("noted-abi", NULL, "^memsentry: error: the program has a note that ");
    expect_not_selected("noted-mixed", NULL,
                        "^memsentry: error: the program is built with '-fmemsentry=hide "
                        "-fmemsentry-rw=w', the program also with '-fmemsentry=sfi "
                        "-fmemsentry-rw=w'; use the same options for both$");
    expect_not_selected("noted-modes", NULL, "^memsentry: error: the program is built with ");
    expect_not_selected("noted-sfi", "noted-hide.so",
                        "^memsentry: error: the library [^ ]*/noted-hide.so is built with "
                        "'-fmemsentry=hide -fmemsentry-rw=w', the program with "
                        "'-fmemsentry=sfi -fmemsentry-rw=w'; use the same options for both$");
    expect_not_selected("noted-unknown", "noted-hide.so", "^memsentry: error: the program is ");
}

Test(domain, refused_without_keys)
{
    if (has_keys())
        cr_skip_test("the processor has protection keys");
    expect_refused(
        "mpk-rw-O2", "trusted",
        "^memsentry: error: the program is built with '-fmemsentry=mpk', and this "
        "processor has no protection keys \\('pku' in /proc/cpuinfo\\); run it on one "
        "that has, or build it with '-fmemsentry=sfi'$");
}
