/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A small server over stdin and stdout with three bugs: an index that nobody checks, a name
 * that may run over its neighbour, and an information leak that tells an attacker every address
 * that he could wish for, the exact one of session()'s return address above all. So nothing
 * here rests on a secret. attack.py is the attacker.
 *
 * A request is three 64-bit numbers, opcode first; some are followed by data.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct request {
    uint64_t opcode;
    uint64_t first;
    uint64_t second;
};

struct leak {
    uint64_t win;
    uint64_t return_slot;
    uint64_t table;
    uint64_t log;
};

static struct {
    char name[32];
    char *upload;
} client;

static uint64_t table[64];
static char upload_buffer[256];
static FILE *log_file;

/* What no request ever calls. The token is the attacker's proof that control came here. */
__attribute__((noinline, used)) static void win(void)
{
    const char *token = getenv("VICTIM_TOKEN");
    size_t length = 0;

    while (token && token[length])
        length++;
    (void)!write(STDOUT_FILENO, token, length);
    _exit(0);
}

static int read_exactly(void *buffer, size_t size)
{
    char *cursor = buffer;

    while (size) {
        ssize_t got = read(STDIN_FILENO, cursor, size);
        if (got <= 0)
            return -1;
        cursor += got;
        size -= (size_t)got;
    }
    return 0;
}

static void answer(const void *data, size_t size)
{
    if (write(STDOUT_FILENO, data, size) != (ssize_t)size)
        _exit(3);
}

/* Bug: the name may be longer than its room, and then it overwrites client.upload. */
static int set_name(uint64_t length)
{
    char *cursor = client.name;

    while (length--) {
        char byte;
        if (read_exactly(&byte, 1))
            return -1;
        *cursor++ = byte;
    }
    return 0;
}

/* Returns when the client says goodbye; the attacks aim at where it returns to. */
__attribute__((noinline)) static int session(void)
{
    struct leak leak;
    struct request request;
    char line[64];

    /* Read from the machine: __builtin_frame_address would tell of the unsafe stack. */
    __asm__("lea 8(%%rbp), %0" : "=r"(leak.return_slot));
    leak.win = (uintptr_t)win;
    leak.table = (uintptr_t)table;
    leak.log = (uintptr_t)log_file;

    while (read_exactly(&request, sizeof(request)) == 0) {
        switch (request.opcode) {
        case 'I': /* Bug: leaks. */
            answer(&leak, sizeof(leak));
            break;
        case 'S': /* Bug: the index is not checked. */
            table[request.first] = request.second;
            answer("+", 1);
            break;
        case 'N':
            if (set_name(request.first))
                return 1;
            answer("+", 1);
            break;
        case 'U':
            if (request.first > sizeof(upload_buffer))
                return 1;
            if (read(STDIN_FILENO, client.upload, request.first) < 0)
                return 1;
            answer("+", 1);
            break;
        case 'L': /* Log a line: eight bytes at least go through stdio. */
            if (request.first > sizeof(line) || read_exactly(line, request.first))
                return 1;
            fwrite(line, 1, request.first, log_file);
            answer("+", 1);
            break;
        case 'Q':
            return 0;
        default:
            return 1;
        }
    }
    return 0;
}

int main(void)
{
    log_file = fopen("/dev/null", "w");
    if (!log_file)
        return 2;
    fwrite("start\n", 1, 6, log_file);
    client.upload = upload_buffer;
    if (session())
        return 4;
    answer("bye", 3);
    return 0;
}
