/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* llvm-symbolizer as a child process that answers questions. */
#include "symbolizer.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

int symbolizer_start(struct symbolizer *symbolizer, const char *program)
{
    char *argv[] = {"llvm-symbolizer", "--demangle",          "--inlines",
                    "--relativenames", "--functions=linkage", NULL};
    int to_child[2], from_child[2];
    posix_spawn_file_actions_t actions;
    int error;

    if (pipe2(to_child, O_CLOEXEC) != 0)
        return -errno;
    if (pipe2(from_child, O_CLOEXEC) != 0) {
        error = errno;
        close(to_child[0]);
        close(to_child[1]);
        return -error;
    }
    error = posix_spawn_file_actions_init(&actions);
    if (error == 0) {
        posix_spawn_file_actions_adddup2(&actions, to_child[0], STDIN_FILENO);
        posix_spawn_file_actions_adddup2(&actions, from_child[1], STDOUT_FILENO);
        error = posix_spawnp(&symbolizer->child, program, &actions, NULL, argv, environ);
        posix_spawn_file_actions_destroy(&actions);
    }
    close(to_child[0]);
    close(from_child[1]);
    if (error != 0) {
        close(to_child[1]);
        close(from_child[0]);
        return -error;
    }
    symbolizer->questions = fdopen(to_child[1], "w");
    symbolizer->answers = fdopen(from_child[0], "r");
    return symbolizer->questions == NULL || symbolizer->answers == NULL ? -ENOMEM : 0;
}

/* One line without its newline; NULL at the end of the answers. The caller frees it. */
static char *read_line(FILE *file)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t length = getline(&line, &room, file);

    if (length <= 0) {
        free(line);
        return NULL;
    }
    if (line[length - 1] == '\n')
        line[length - 1] = '\0';
    return line;
}

/* Pairs of lines, function and file, up to an empty one. */
static int read_answer(FILE *answers, struct location **locations)
{
    int count = 0;

    for (;;) {
        char *function = read_line(answers);
        struct location *more;
        char *file;

        if (function != NULL && function[0] == '\0') {
            free(function);
            return count;
        }
        file = function == NULL ? NULL : read_line(answers);
        more = file == NULL ? NULL : realloc(*locations, (size_t)(count + 1) * sizeof *more);
        if (more == NULL) {
            free(function);
            free(file);
            locations_free(*locations, count);
            *locations = NULL;
            return -EIO;
        }
        if (strncmp(file, "??:", 3) == 0)
            file[0] = '\0';
        more[count++] = (struct location){.function = function, .file = file};
        *locations = more;
    }
}

int symbolizer_ask(struct symbolizer *symbolizer, const char *path, uint64_t offset,
                   struct location **locations)
{
    char quote = strchr(path, '"') == NULL ? '"' : '\'';
    int count;

    *locations = NULL;
    /* It knows no way to write both kinds of quotes, nor a newline. */
    if (strchr(path, quote) != NULL || strchr(path, '\n') != NULL)
        return 0;
    fprintf(symbolizer->questions, "CODE %c%s%c 0x%jx\n", quote, path, quote,
            (uintmax_t)offset);
    if (fflush(symbolizer->questions) != 0)
        return -errno;
    count = read_answer(symbolizer->answers, locations);
    if (count == 1 && strcmp((*locations)[0].function, "??") == 0) {
        locations_free(*locations, count);
        *locations = NULL;
        return 0;
    }
    return count;
}

void locations_free(struct location *locations, int count)
{
    for (int i = 0; i < count; i++) {
        free(locations[i].function);
        free(locations[i].file);
    }
    free(locations);
}

void symbolizer_finish(struct symbolizer *symbolizer)
{
    if (symbolizer->questions != NULL)
        fclose(symbolizer->questions);
    if (symbolizer->answers != NULL)
        fclose(symbolizer->answers);
    if (symbolizer->child > 0)
        waitpid(symbolizer->child, NULL, 0);
}
