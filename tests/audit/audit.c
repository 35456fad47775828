/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What still tells where the safe stacks are: runs a hardened program, stops it at system
 * calls, more and more seldom, and looks for addresses of safe stacks in all memory that the
 * program itself can read. Prints each place once, by what memory it is and how far into it.
 *
 * Usage: audit [--known=FILE] PROGRAM [ARGUMENT...]
 *
 * With --known= ends with status 1 when there is a place whose line does not start like one of
 * the file's, which may have comments (#).
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../oracle/tracee.h"
#include "memsentry/layout.h"

#define PLACES 4096
/* struct pthread of glibc 2.36, and the frames below it that every thread starts with. */
#define THREAD_BLOCK 0x900
#define THREAD_START 0x1000

struct place {
    char text[160];
    unsigned long count;
    uint64_t address, value;
};

static struct place places[PLACES];
static size_t place_count;
static bool left_out;

struct thread {
    pid_t id;
    uint64_t block; /* where its control block is */
};
static struct thread threads[1024];
static size_t thread_count;

struct mapping {
    uint64_t start, end;
    char path[256];
};

static void add_place(const char *text, uint64_t address, uint64_t value)
{
    for (size_t i = 0; i < place_count; i++)
        if (strcmp(places[i].text, text) == 0) {
            places[i].count++;
            return;
        }
    if (place_count == PLACES) {
        left_out = true;
        return;
    }
    struct place *place = &places[place_count++];
    snprintf(place->text, sizeof place->text, "%s", text);
    place->count = 1;
    place->address = address;
    place->value = value;
}

/* Of a file its own name, and the offset in what is mapped of it. */
static void name_memory(const struct mapping *mapping, uint64_t address, char text[128])
{
    for (size_t i = 0; i < thread_count; i++) {
        const uint64_t offset = address - threads[i].block;
        if (offset < THREAD_BLOCK) {
            snprintf(text, 128, "thread control block +%#lx", offset);
            return;
        }
        if (offset + THREAD_START < THREAD_START) {
            snprintf(text, 128, "first frames of a thread");
            return;
        }
    }
    const char *file = strrchr(mapping->path, '/');
    if (file != NULL)
        snprintf(text, 128, "%.100s +%#lx", file + 1, address - mapping->start);
    else if (mapping->path[0] == '[')
        snprintf(text, 128, "%.100s", mapping->path);
    else if (address >= MEMSENTRY_HEAP_START && address < MEMSENTRY_HEAP_END)
        snprintf(text, 128, "heap");
    else
        snprintf(text, 128, "anonymous memory");
}

/* Pages of safe stacks that are there, ascending. */
static uint64_t stack_pages[1 << 16];
static size_t stack_page_count;

static void note_stack_page(void *closure, uint64_t page)
{
    (void)closure;
    if (stack_page_count < sizeof stack_pages / sizeof *stack_pages)
        stack_pages[stack_page_count++] = page;
}

static int by_address(const void *one, const void *other)
{
    const uint64_t a = *(const uint64_t *)one, b = *(const uint64_t *)other;
    return (a > b) - (a < b);
}

static bool is_in_stack_page(uint64_t address)
{
    const uint64_t page = address & -PAGE;
    return bsearch(&page, stack_pages, stack_page_count, sizeof page, by_address) != NULL;
}

/* In a page of a safe stack, or the end of one: numbers that mean something else are seldom. */
static bool leads_to_stack(uint64_t value)
{
    return value >= MEMSENTRY_STACKS_START && value < MEMSENTRY_STACKS_END &&
           (is_in_stack_page(value) || is_in_stack_page(value - 1));
}

struct look {
    const struct tracee *tracee;
    const struct mapping *mapping;
};

static void look_at_page(void *closure, uint64_t page)
{
    const struct look *look = closure;
    static uint64_t words[PAGE / sizeof(uint64_t)];
    if (!tracee_read(look->tracee, page, words, sizeof words))
        return;
    for (size_t i = 0; i < PAGE / sizeof *words; i++) {
        char memory[128], text[160];
        if (!leads_to_stack(words[i]))
            continue;
        const uint64_t address = page + i * sizeof *words;
        name_memory(look->mapping, address, memory);
        /* Edges are known anyway; what lies between them moves with each call. */
        snprintf(text, sizeof text, "%s, %s of a safe stack", memory,
                 words[i] % PAGE == 0 ? "the edge" : "a frame");
        add_place(text, address, words[i]);
    }
}

static void look_around(pid_t process)
{
    const struct tracee tracee = {.pid = process};
    char name[64], line[512], access[8];
    snprintf(name, sizeof name, "/proc/%d/maps", process);
    FILE *maps = fopen(name, "r");
    stack_page_count = 0;
    /* A process that has just ended has none. */
    if (tracee_pages(&tracee, MEMSENTRY_STACKS_START, MEMSENTRY_STACKS_END, note_stack_page,
                     NULL) == -ENOTTY) {
        fputs("audit: the kernel cannot tell which pages are there (Linux 6.7 can)\n", stderr);
        exit(77);
    }
    while (maps != NULL && fgets(line, sizeof line, maps) != NULL) {
        struct mapping mapping = {0};
        if (sscanf(line, "%lx-%lx %7s %*s %*s %*s %255[^\n]", &mapping.start, &mapping.end,
                   access, mapping.path) < 3)
            continue;
        if (mapping.start < MEMSENTRY_SPLIT || access[1] != 'w' ||
            mapping.end > MEMSENTRY_USER_END)
            continue;
        struct look look = {&tracee, &mapping};
        (void)tracee_pages(&tracee, mapping.start, mapping.end, look_at_page, &look);
    }
    if (maps != NULL)
        fclose(maps);
}

static void note_thread(pid_t id)
{
    struct user_regs_struct registers;
    if (ptrace(PTRACE_GETREGS, id, NULL, &registers) != 0 || registers.fs_base == 0)
        return;
    for (size_t i = 0; i < thread_count; i++)
        if (threads[i].id == id) {
            threads[i].block = registers.fs_base;
            return;
        }
    if (thread_count < sizeof threads / sizeof *threads)
        threads[thread_count++] = (struct thread){.id = id, .block = registers.fs_base};
}

static void start(char **arguments)
{
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
        _exit(127);
    raise(SIGSTOP);
    execvp(arguments[0], arguments);
    perror(arguments[0]);
    _exit(127);
}

/* Returns the status of the program. */
static int follow(pid_t program)
{
    unsigned long stops = 0, next = 1;
    int status, result = 0;
    waitpid(program, &status, 0);
    ptrace(PTRACE_SETOPTIONS, program, NULL,
           PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXIT |
               PTRACE_O_EXITKILL);
    ptrace(PTRACE_SYSCALL, program, NULL, NULL);
    for (pid_t id; (id = waitpid(-1, &status, __WALL)) > 0;) {
        if (WIFEXITED(status) || WIFSIGNALED(status)) {
            if (id == program)
                result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
            continue;
        }
        int signal = WSTOPSIG(status);
        note_thread(id);
        if (signal == (SIGTRAP | 0x80) || status >> 8 == (SIGTRAP | PTRACE_EVENT_EXIT << 8)) {
            if (++stops >= next || status >> 16 == PTRACE_EVENT_EXIT) {
                look_around(program);
                next = stops + 1 + stops / 4;
            }
            signal = 0;
        } else if (status >> 16 != 0 || signal == SIGSTOP || signal == SIGTRAP) {
            signal = 0;
        }
        ptrace(PTRACE_SYSCALL, id, NULL, (void *)(long)signal);
    }
    return result;
}

static bool is_known(const char *text, FILE *known)
{
    char line[256];
    rewind(known);
    while (fgets(line, sizeof line, known) != NULL) {
        line[strcspn(line, "#\n")] = '\0';
        size_t length = strlen(line);
        while (length > 0 && line[length - 1] == ' ')
            line[--length] = '\0';
        if (length > 0 && strncmp(text, line, length) == 0)
            return true;
    }
    return false;
}

static int by_text(const void *one, const void *other)
{
    return strcmp(((const struct place *)one)->text, ((const struct place *)other)->text);
}

int main(int count, char **arguments)
{
    FILE *known = NULL;
    int first = 1, unknown = 0;
    if (count > 1 && strncmp(arguments[1], "--known=", 8) == 0) {
        known = fopen(arguments[1] + 8, "r");
        if (known == NULL) {
            perror(arguments[1] + 8);
            return 2;
        }
        first++;
    }
    if (first >= count) {
        fputs("usage: audit [--known=FILE] PROGRAM [ARGUMENT...]\n", stderr);
        return 2;
    }
    const pid_t program = fork();
    if (program == 0)
        start(arguments + first);
    const int result = follow(program);
    qsort(places, place_count, sizeof *places, by_text);
    for (size_t i = 0; i < place_count; i++) {
        const bool expected = known != NULL && is_known(places[i].text, known);
        unknown += !expected;
        if (known == NULL || !expected)
            printf("%s: %#lx at %#lx, %lu times\n", places[i].text, places[i].value,
                   places[i].address, places[i].count);
    }
    if (left_out)
        puts("there are more");
    if (result != 0)
        printf("the program ended with status %d\n", result);
    return result != 0 || left_out || (known != NULL && unknown != 0);
}
