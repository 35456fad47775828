/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* memsentry-check: what protects a file or a process, for people, scripts and packagers. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report.h"

#define NAME "memsentry-check"

/* What the protection is; 3 is an error, as in memsentry-check(1). */
#define EXIT_ERROR 3

static void usage(FILE *out)
{
    fputs("usage: " NAME " [--json] FILE|PID\n"
          "\n"
          "Prints what MemSentry protects of a program, a library, an object, an archive or a\n"
          "process, and what is missing.\n"
          "\n"
          "  --json     print JSON\n"
          "  --help     print this text\n"
          "  --version  print the version\n"
          "\n"
          "Exit status: 0 protected in full, 1 in part, 2 not at all, 3 error.\n",
          out);
}

static int fail(const char *what, int error)
{
    fprintf(stderr, NAME ": error: cannot read '%s': %s\n", what,
            error == ENOEXEC ? "neither an ELF file nor an archive" : strerror(error));
    return EXIT_ERROR;
}

/* The number of a process, unless there is a file of that name; or 0. */
static pid_t parse_process(const char *target)
{
    char *end;
    long number;

    if (target[0] < '0' || target[0] > '9' || access(target, F_OK) == 0)
        return 0;
    errno = 0;
    number = strtol(target, &end, 10);
    return *end == '\0' && errno == 0 && number == (pid_t)number ? (pid_t)number : 0;
}

static int check_file(struct pool *pool, struct report *report)
{
    int result;

    report->modules = pool_alloc(pool, sizeof *report->modules);
    if (report->modules == NULL)
        return -ENOMEM;
    result = module_read(pool, report->target, report->target, report->modules);
    report->count = 1;
    report->protection = report->modules[0].protection;
    return result;
}

/* A file of the process, which may see another file system; or one that is gone. */
static int read_module(struct pool *pool, const struct report *report, const char *file,
                       bool program, struct module *module)
{
    const char *path = program
                           ? pool_format(pool, "/proc/%d/exe", (int)report->process)
                           : pool_format(pool, "/proc/%d/root%s", (int)report->process, file);
    int result = module_read(pool, path, file, module);

    if (result == 0 || result == -ENOMEM)
        return result;
    *module = (struct module){.path = file,
                              .kind = MODULE_LIBRARY,
                              .runtime = RUNTIME_UNKNOWN,
                              .protection = PROTECTION_NONE};
    strings_push(pool, &module->missing,
                 pool_format(pool, "cannot read: %s", strerror(-result)));
    return pool->error;
}

static void judge_process(struct pool *pool, struct report *report)
{
    const struct layout *layout = &report->layout;

    if (!layout->arenas || !layout->guard)
        strings_push(pool, &report->missing,
                     "the lower half of the address space is not reserved");
    else if (!layout->sealed)
        strings_push(pool, &report->missing,
                     "the lower half of the address space is not sealed");
    report->protection = report->modules[0].protection;
    for (size_t i = 1; i < report->count; i++)
        if (report->modules[i].protection == PROTECTION_PARTIAL &&
            report->protection == PROTECTION_FULL)
            report->protection = PROTECTION_PARTIAL;
    if (!layout->arenas || !layout->guard)
        report->protection = PROTECTION_NONE;
    else if (report->missing.count != 0 && report->protection == PROTECTION_FULL)
        report->protection = PROTECTION_PARTIAL;
}

static int check_process(struct pool *pool, struct report *report)
{
    FILE *smaps = fopen(pool_format(pool, "/proc/%d/smaps", (int)report->process), "re");
    struct strings files = {0};
    char program[4096];
    ssize_t length;
    int result;

    if (smaps == NULL)
        return -errno;
    result = process_read(pool, smaps, &report->layout, &files);
    fclose(smaps);
    if (result != 0)
        return result;
    length = readlink(pool_format(pool, "/proc/%d/exe", (int)report->process), program,
                      sizeof program - 1);
    if (length < 0)
        return -errno;
    program[length] = '\0';
    report->modules = pool_alloc(pool, (files.count + 1) * sizeof *report->modules);
    if (report->modules == NULL)
        return -ENOMEM;
    result = read_module(pool, report, pool_copy(pool, program, (size_t)length), true,
                         &report->modules[report->count++]);
    for (size_t i = 0; result == 0 && i < files.count; i++)
        if (strcmp(files.items[i], program) != 0)
            result = read_module(pool, report, files.items[i], false,
                                 &report->modules[report->count++]);
    if (result == 0)
        judge_process(pool, report);
    return result;
}

static int run(struct pool *pool, const char *target, bool json)
{
    struct report report = {.target = target, .process = parse_process(target)};
    int result = report.process != 0 ? check_process(pool, &report) : check_file(pool, &report);

    if (result != 0)
        return fail(target, -result);
    if (json)
        result = report_json(&report);
    else
        report_text(&report, isatty(STDOUT_FILENO) && getenv("NO_COLOR") == NULL);
    if (result != 0 || fflush(stdout) != 0) {
        fprintf(stderr, NAME ": error: cannot write\n");
        return EXIT_ERROR;
    }
    return (int)report.protection;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"json", no_argument, NULL, 'j'},
                                            {"help", no_argument, NULL, 'h'},
                                            {"version", no_argument, NULL, 'v'},
                                            {NULL, 0, NULL, 0}};
    struct pool pool = {0};
    bool json = false;
    int option;
    int result;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 'j':
            json = true;
            break;
        case 'h':
            usage(stdout);
            return EXIT_SUCCESS;
        case 'v':
            printf(NAME " " MEMSENTRY_VERSION "\n");
            return EXIT_SUCCESS;
        default:
            usage(stderr);
            return EXIT_ERROR;
        }
    }
    if (argc - optind != 1) {
        usage(stderr);
        return EXIT_ERROR;
    }
    result = run(&pool, argv[optind], json);
    pool_free(&pool);
    return result;
}
