/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* deny FEATURE PROGRAM...: runs a program on a kernel that seems to lack a feature. */
#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SYS_MSEAL 462
#define GUARD_INSTALL 102

int main(int count, char **arguments)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    int error = -EINVAL;
    if (filter == NULL || count < 3)
        return 2;
    if (strcmp(arguments[1], "mseal") == 0)
        error = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SYS_MSEAL, 0);
    else if (strcmp(arguments[1], "guard-pages") == 0)
        error = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(madvise), 1,
                                 SCMP_A2(SCMP_CMP_EQ, GUARD_INSTALL, 0));
    if (error != 0 || seccomp_load(filter) != 0) {
        fprintf(stderr, "deny: cannot deny '%s'\n", arguments[1]);
        return 2;
    }
    seccomp_release(filter);
    execvp(arguments[2], arguments + 2);
    return 2;
}
