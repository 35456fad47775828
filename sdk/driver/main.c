/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * memsentry-clang: reads the command line, says what cannot work, and becomes clang.
 *
 * Without -fmemsentry= it becomes clang with the arguments that it was given, so that it can
 * stand for clang everywhere.
 */
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backends.h"
#include "defense.h"
#include "inputs.h"
#include "print.h"
#include "resources.h"
#include "responses.h"
#include "rewrite.h"

/* Longer command lines go through a file again, as their response files did. */
#define MAX_COMMAND_LINE (64 * 1024)

extern char **environ;

struct driver {
    struct pool pool;
    const char *program; /* what the user called it */
    const char *clang;   /* its path */
    enum colours colours;
};

static int fail(const struct driver *driver, const char *message)
{
    print_error(driver->program, driver->colours, message);
    return EXIT_FAILURE;
}

static int fail_errno(struct driver *driver, const char *what, int error)
{
    return fail(driver, pool_format(&driver->pool, "%s: %s", what, strerror(error)));
}

/* A file without a name that the next program can read as `@file`. */
static const char *write_response(struct driver *driver, const struct strings *arguments)
{
    size_t length;
    const char *text = responses_quote(&driver->pool, arguments, &length);
    int file = memfd_create("arguments", 0);

    if (file < 0)
        return NULL;
    while (length != 0) {
        ssize_t written = write(file, text, length);

        if (written < 0)
            return NULL;
        text += written;
        length -= (size_t)written;
    }
    return pool_format(&driver->pool, "@/proc/self/fd/%d", file);
}

/* The argv of clang, or NULL with errno set. */
static char **clang_argv(struct driver *driver, const struct strings *arguments)
{
    struct strings argv = {0};
    const char *response;
    size_t size = 0;

    strings_push(&driver->pool, &argv, driver->clang);
    for (size_t i = 0; i < arguments->count; i++)
        size += strlen(arguments->items[i]) + 1;
    if (size <= MAX_COMMAND_LINE) {
        strings_append(&driver->pool, &argv, arguments);
    } else {
        response = write_response(driver, arguments);
        if (response == NULL)
            return NULL;
        strings_push(&driver->pool, &argv, response);
    }
    errno = -driver->pool.error;
    /* execv() does not write to them. */
    return errno == 0 ? (char **)argv.items : NULL;
}

static int become_clang(struct driver *driver, const struct strings *arguments)
{
    char **argv = clang_argv(driver, arguments);

    if (argv != NULL)
        execv(driver->clang, argv);
    return fail_errno(driver, driver->clang, errno);
}

/* clang's version comes first: build systems take the first number that they see. */
static int show_version(struct driver *driver, const struct strings *arguments)
{
    char **argv = clang_argv(driver, arguments);
    pid_t child;
    int status;
    int error =
        argv == NULL ? errno : posix_spawn(&child, driver->clang, NULL, NULL, argv, environ);

    if (error != 0)
        return fail_errno(driver, driver->clang, error);
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return fail_errno(driver, driver->clang, errno);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
    print_version();
    return EXIT_SUCCESS;
}

static int run_hardened(struct driver *driver, const struct request *request)
{
    struct resources resources;
    struct strings arguments = {0};
    const char *missing;
    int result = resources_find(&driver->pool, "/proc/self/exe", &resources);

    if (result != 0)
        return fail_errno(driver, "/proc/self/exe", -result);
    missing = request->has_inputs ? resources_missing(&resources, request) : NULL;
    if (missing != NULL)
        return fail(driver, pool_format(&driver->pool,
                                        "no such file: '%s'; this installation of MemSentry is "
                                        "not complete",
                                        missing));
    if (request->lto != NULL && request_joins(request) && access(resources.lld, X_OK) != 0)
        return fail(driver, pool_format(&driver->pool,
                                        "no such file: '%s'; '%s' needs lld of the same LLVM: "
                                        "install the package lld-" MEMSENTRY_LLVM_MAJOR,
                                        resources.lld, request->lto));
    if (request->lto_cache != NULL) {
        result = resources_identify_plugin(&driver->pool, request, &resources);
        if (result != 0)
            return fail_errno(driver, resources.plugin, -result);
    }
    result = rewrite(&driver->pool, request, &resources, &arguments);
    if (result != 0)
        return fail_errno(driver, driver->program, -result);
    if (request->verbose)
        print_summary(request);
    return become_clang(driver, &arguments);
}

/* Quoting as on Windows is left to clang. */
static bool reads_responses(const struct strings *arguments)
{
    for (size_t i = 0; i < arguments->count; i++)
        if (strcmp(arguments->items[i], "--rsp-quoting=windows") == 0)
            return false;
    return true;
}

static int run(struct driver *driver, const struct strings *given)
{
    struct request request = {0};
    struct strings arguments = {0};
    int result;

    if (reads_responses(given))
        responses_expand(&driver->pool, given, &arguments);
    else
        arguments = *given;
    result = request_parse(&driver->pool, &arguments, &request);
    driver->colours = request.colours;
    if (result == 0 && request.task == TASK_RUN)
        result = request_check(&driver->pool, &request);
    if (result == 0 && request.task == TASK_RUN && request.backend != NULL)
        result = defenses_read(&driver->pool, &request);
    if (result == 0 && request.task == TASK_RUN && request.backend != NULL &&
        request_joins(&request))
        result = inputs_check(&driver->pool, &request);
    if (result != 0)
        return request.error != NULL ? fail(driver, request.error)
                                     : fail_errno(driver, driver->program, -result);

    switch (request.task) {
    case TASK_PRINT_BACKENDS:
        print_backends(stdout);
        return EXIT_SUCCESS;
    case TASK_VERSION:
        return show_version(driver, &request.stock);
    case TASK_HELP:
        print_help(driver->program);
        fflush(stdout);
        return become_clang(driver, &request.stock);
    case TASK_RUN:
        break;
    }
    if (print_warnings(&driver->pool, driver->program, &request) != 0)
        return EXIT_FAILURE;
    return request.backend == NULL ? become_clang(driver, &request.stock)
                                   : run_hardened(driver, &request);
}

int main(int argc, char **argv)
{
    struct driver driver = {0};
    struct strings given = {0};
    const char *name = argc > 0 ? argv[0] : "memsentry-clang";
    size_t length;
    int result;

    driver.program = strrchr(name, '/') == NULL ? name : strrchr(name, '/') + 1;
    length = strlen(driver.program);
    driver.clang = length > 2 && strcmp(driver.program + length - 2, "++") == 0
                       ? MEMSENTRY_LLVM_BINDIR "/clang++"
                       : MEMSENTRY_LLVM_BINDIR "/clang";
    for (int i = 1; i < argc; i++)
        strings_push(&driver.pool, &given, argv[i]);

    /* Parts of clang that clang runs by its own name, with options of their own. */
    if (argc > 1 && starts_with(argv[1], "-cc1"))
        result = become_clang(&driver, &given);
    else
        result = run(&driver, &given);
    pool_free(&driver.pool);
    return result;
}
