/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* libc and the registers of the key; see libc.h. */
#include "libc.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>
#include <wchar.h>

#include "../kernel.h"

/* Lengths for all the code that libc has for them, but for that of very large ones. */
#define TRIAL 8192

/* libc's own, not what the compiler knows of them. */
static const struct {
    void *(*set)(void *, int, size_t);
    void *(*copy)(void *, const void *, size_t);
    void *(*move)(void *, const void *, size_t);
    int (*compare)(const void *, const void *, size_t);
    void *(*find)(const void *, int, size_t);
    size_t (*length)(const char *);
    int (*compare_text)(const char *, const char *);
    int (*compare_start)(const char *, const char *, size_t);
    int (*compare_letters)(const char *, const char *);
    char *(*find_first)(const char *, int);
    char *(*find_last)(const char *, int);
    size_t (*length_wide)(const wchar_t *, size_t);
} volatile libc = {memset, memcpy,  memmove,    memcmp, memchr,  strlen,
                   strcmp, strncmp, strcasecmp, strchr, strrchr, wcsnlen};

void libc_try(void)
{
    char one[TRIAL];
    char *const other = one + TRIAL / 2;
    for (size_t size = 4; size < TRIAL / 2; size += size / 8 + 1) {
        libc.set(one, 'a', size - 1);
        one[size - 1] = '\0';
        libc.copy(other, one, size);
        (void)libc.compare_text(one, other);
        (void)libc.compare_letters(one, other);
        libc.move(one + 1, one, size - 2);
        (void)libc.compare(one, other, size);
        (void)libc.compare_start(one, other, size);
        (void)libc.find(other, 'b', size);
        (void)libc.length(other);
        (void)libc.find_first(other, 'b');
        (void)libc.find_last(other, 'b');
        (void)libc.length_wide((const wchar_t *)other, size / sizeof(wchar_t));
    }
}

#define VARIABLE "GLIBC_TUNABLES="
#define TUNABLE "glibc.cpu.hwcaps="
#define FEATURE "-AVX512VL"
/* As much as the kernel takes of arguments, and more than anybody has of variables. */
#define ROOM (8u << 20)
#define WORDS (ROOM / sizeof(char *))

/* Splits what /proc says of the arguments; false when there are more. */
static bool read_arguments(char *text, char **arguments)
{
    const long file = kernel_open_read("/proc/self/cmdline");
    size_t length = 0, count = 0;
    long got = 0;
    if (file < 0)
        return false;
    while (length < ROOM && (got = kernel_read((int)file, text + length, ROOM - length)) > 0)
        length += (size_t)got;
    kernel_close((int)file);
    if (got != 0 || length == ROOM)
        return false;
    for (size_t at = 0; at < length; at += strlen(text + at) + 1) {
        if (count == WORDS - 1)
            return false;
        arguments[count++] = text + at;
    }
    arguments[count] = NULL;
    return count > 0;
}

/* The variable as it has to be. */
static bool write_variable(char text[4096], const char *old)
{
    const char *const tunable = old != NULL ? strstr(old, TUNABLE) : NULL;
    if (old != NULL && (strlen(old) > 4000 || strstr(old, FEATURE) != NULL))
        return false;
    strcpy(text, VARIABLE);
    if (tunable != NULL) {
        const size_t before = (size_t)(tunable - old) + strlen(TUNABLE);
        strncat(text, old, before);
        strcat(text, FEATURE ",");
        strcat(text, old + before);
        return true;
    }
    if (old != NULL) {
        strcat(text, old);
        strcat(text, ":");
    }
    strcat(text, TUNABLE FEATURE);
    return true;
}

void libc_start_without(void)
{
    /* Of a set-user-ID program the loader ignores the variable. */
    if (getauxval(AT_SECURE) != 0)
        return;
    char variable[4096];
    size_t count = 0;
    const char *const program = (const char *)getauxval(AT_EXECFN);
    char *const memory = mmap(NULL, 3 * (size_t)ROOM, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        return;
    char **const arguments = (char **)(memory + ROOM);
    char **const environment = (char **)(memory + 2 * (size_t)ROOM);
    for (char **each = environ; *each != NULL && count < WORDS - 2; each++)
        if (strncmp(*each, VARIABLE, strlen(VARIABLE)) != 0)
            environment[count++] = *each;
    environment[count] = variable;
    if (program != NULL && write_variable(variable, getenv("GLIBC_TUNABLES")) &&
        read_arguments(memory, arguments))
        execve(program, arguments, environment);
    munmap(memory, 3 * (size_t)ROOM);
}
