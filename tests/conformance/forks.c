/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* fork from several threads, threads in the child, posix_spawn, system. */
#include <pthread.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "memsentry-runtime.h"

extern char **environ;

static void *busy(void *argument)
{
    for (;;) {
        void *region = saferegion_alloc(100);
        CHECK(region != NULL);
        saferegion_free(region);
        pthread_testcancel();
    }
    return argument;
}

static void *in_child(void *argument)
{
    char buffer[100];
    escape(buffer);
    CHECK(on_safe_stack() && is_ordinary(buffer));
    return argument;
}

static void *forks(void *argument)
{
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        CHECK(on_safe_stack());
        for (int i = 0; i < 20; i++) {
            pthread_t thread;
            CHECK(pthread_create(&thread, NULL, in_child, NULL) == 0);
            CHECK(pthread_join(thread, NULL) == 0);
        }
        CHECK(saferegion_alloc(5000) != NULL);
        _exit(33);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 33);
    return argument;
}

int main(void)
{
    pthread_t noise[2], threads[4];
    for (int i = 0; i < 2; i++)
        CHECK(pthread_create(&noise[i], NULL, busy, NULL) == 0);
    for (int round = 0; round < repeats(10); round++) {
        for (int i = 0; i < 4; i++)
            CHECK(pthread_create(&threads[i], NULL, forks, NULL) == 0);
        for (int i = 0; i < 4; i++)
            CHECK(pthread_join(threads[i], NULL) == 0);
    }
    forks(NULL);
    for (int i = 0; i < 2; i++) {
        pthread_cancel(noise[i]);
        CHECK(pthread_join(noise[i], NULL) == 0);
    }

    pid_t child;
    int status;
    char *arguments[] = {"sh", "-c", "exit 7", NULL};
    CHECK(posix_spawn(&child, "/bin/sh", NULL, NULL, arguments, environ) == 0);
    CHECK(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 7);
    CHECK(WEXITSTATUS(system("exit 9")) == 9);
    child = vfork();
    if (child == 0)
        _exit(5);
    CHECK(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 5);
    return 0;
}
