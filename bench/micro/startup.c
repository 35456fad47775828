/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Starts and ends as many processes as it is told: without an argument, it is the shortest
 * program. */
#include <spawn.h>
#include <sys/wait.h>

#include "../work.h"

int main(int argc, char **argv)
{
    char *arguments[] = {argv[0], NULL}, *environment[] = {NULL};

    if (argc == 1)
        return 0;
    int count = 3 * work_amount(argc, argv);
    for (int i = 0; i < count; i++) {
        pid_t child;
        int status;

        if (posix_spawn(&child, argv[0], NULL, NULL, arguments, environment) ||
            waitpid(child, &status, 0) != child || status != 0)
            return 1;
    }
    return print_checksum((uint64_t)count);
}
