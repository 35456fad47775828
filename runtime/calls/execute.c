/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Programs that are started with vectors of strings; see calls.h. */
#include <unistd.h>

#include "calls.h"

/* Longer ones are checked in place. */
#define STRINGS_MAX 4096

struct strings {
    char *copy[STRINGS_MAX + 1];
};

static char *const *copy_strings(const struct caller *caller, char *const *vector,
                                 struct strings *strings)
{
    char *const volatile *from = (char *const volatile *)vector;
    call_check_pointer(caller, CALL_READ, vector, sizeof *vector);
    if (vector == NULL)
        return NULL;
    for (size_t i = 0;; i++) {
        char *string = from[i];
        call_check_pointer(caller, CALL_READ, string, 1);
        if (i <= STRINGS_MAX)
            strings->copy[i] = string;
        if (string == NULL)
            return i <= STRINGS_MAX ? strings->copy : vector;
    }
}

#define EXECUTE_CALL(name, parameters, arguments, ...)                                         \
    static int name##_in(const struct caller *caller, CALL_SPREAD parameters)                  \
    {                                                                                          \
        struct strings argument_copies;                                                        \
        call_check_pointer(caller, CALL_READ, path, 1);                                        \
        vector = copy_strings(caller, vector, &argument_copies);                               \
        __VA_ARGS__                                                                            \
        return name arguments;                                                                 \
    }                                                                                          \
    CALL_R(int, name, parameters, arguments)
#define ENVIRONMENT                                                                            \
    struct strings environment_copies;                                                         \
    environment = copy_strings(caller, environment, &environment_copies);

EXECUTE_CALL(execve, (const char *path, char *const *vector, char *const *environment),
             (path, vector, environment), ENVIRONMENT)
EXECUTE_CALL(execvpe, (const char *path, char *const *vector, char *const *environment),
             (path, vector, environment), ENVIRONMENT)
EXECUTE_CALL(execv, (const char *path, char *const *vector), (path, vector), )
EXECUTE_CALL(execvp, (const char *path, char *const *vector), (path, vector), )
EXECUTE_CALL(execveat,
             (int directory, const char *path, char *const *vector, char *const *environment,
              int flags),
             (directory, path, vector, environment, flags), ENVIRONMENT)

static int fexecve_in(const struct caller *caller, int file, char *const *vector,
                      char *const *environment)
{
    struct strings argument_copies;
    vector = copy_strings(caller, vector, &argument_copies);
    ENVIRONMENT
    return fexecve(file, vector, environment);
}

CALL_R(int, fexecve, (int file, char *const *vector, char *const *environment),
       (file, vector, environment))
