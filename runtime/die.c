/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* How the runtime ends the process; see die.h. */
#include "die.h"

#include <signal.h>

#include "kernel.h"
#include "log.h"

_Noreturn void refuse(struct text *message)
{
    text_put(message, "\n");
    text_flush(message, 2);
    kernel_exit(EXIT_REFUSED);
}

_Noreturn void die_silently(void)
{
    /* First as the program has set it up, then, should its handler return, for good. */
    kernel_unblock(SIGABRT);
    kernel_raise(SIGABRT);
    kernel_default_action(SIGABRT);
    kernel_raise(SIGABRT);
    kernel_exit(128 + SIGABRT);
}

_Noreturn void die(const char *what)
{
    struct text text = {0};
    text_put(&text, "==");
    text_put_decimal(&text, (uint64_t)kernel_pid());
    text_put(&text, "==ERROR: MemSentry: ");
    text_put(&text, what);
    text_put(&text, "\n");
    log_text(&text);
    die_silently();
}
