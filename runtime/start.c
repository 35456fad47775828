/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Start-up of the runtime; see start.h. */
#include "start.h"

#include <dlfcn.h>
#include <stdalign.h>
#include <stdlib.h>
#include <sys/auxv.h>

#include "arena.h"
#include "backends/backend.h"
#include "control.h"
#include "die.h"
#include "kernel.h"
#include "memsentry/abi.h"
#include "options.h"
#include "signals.h"
#include "threads.h"

/* Every instrumented object refers to it: another ABI fails at link. */
extern const char abi __asm__(MEMSENTRY_ABI_SYMBOL) __attribute__((visibility("default")));
const char abi = MEMSENTRY_ABI_VERSION;

bool runtime_started;

/*
 * The unsafe stack of constructors of linked libraries, which run before the program's own
 * start code gives the main thread its stacks.
 */
static alignas(16) char early_unsafe_stack[256 * 1024];

static void *find(const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);
    if (found == NULL)
        die("libc lacks a function that the runtime stands before");
    return found;
}

static struct options read_options(void)
{
    struct options options = {0};
    const char *string = getenv("MEMSENTRY_OPTIONS");
    if (string == NULL || getauxval(AT_SECURE) != 0)
        return options;
    struct text error = {0};
    text_put(&error, "memsentry: error: ");
    if (!options_parse(&options, string, &error))
        refuse(&error);
    if (options.help) {
        struct text help = {0};
        options_help(&help);
        text_flush(&help);
    }
    return options;
}

__attribute__((constructor(101))) void runtime_start(void)
{
    if (runtime_started)
        return;
    const struct options options = read_options();
    arena_reserve();
    struct config *config = &CONTROL->config;
    config->backend = &backend_sfi;
    config->verbose = options.verbose;
    *(void **)&config->real.pthread_create = find("pthread_create");
    *(void **)&config->real.sigaction = find("sigaction");
    threads_init(config);
    signals_init();
    if (__safestack_unsafe_stack_ptr == NULL)
        __safestack_unsafe_stack_ptr = early_unsafe_stack + sizeof early_unsafe_stack;
    runtime_started = true;
}

static void put_yes_no(struct text *text, const char *what, bool yes)
{
    text_put(text, what);
    text_put(text, yes ? "yes" : "no");
}

static void say_what_protects(const struct slot *slot)
{
    struct text text = {0};
    text_put(&text, "==");
    text_put_decimal(&text, (uint64_t)kernel_pid());
    text_put(&text, "==MemSentry " MEMSENTRY_VERSION ": backend ");
    text_put(&text, CONFIG->backend->name);
    text_put(&text, ", guards by ");
    text_put(&text, CONFIG->arena_mode == ARENA_GUARD_PAGES ? "guard pages" : "mprotect");
    put_yes_no(&text, ", sealed: ", CONFIG->sealed);
    if (slot != NULL) {
        text_put(&text, ", safe stack of the main thread ");
        text_put_hex(&text, slot->low, 12);
        text_put(&text, "-");
        text_put_hex(&text, slot->high, 12);
    } else {
        text_put(&text, ", stacks not isolated: linked without -fsanitize=safe-stack");
    }
    text_put(&text, "\n");
    text_flush(&text);
}

/*
 * Called by the start object of the executable, on the native stack, before libc starts the
 * program. Returns the top of the safe stack of the main thread, 0 when stacks are not
 * isolated.
 */
__attribute__((visibility("default"))) uint64_t __memsentry_start(const void *safe_stack,
                                                                  uint64_t native_stack);

uint64_t __memsentry_start(const void *safe_stack, uint64_t native_stack)
{
    runtime_ensure_started();
    struct slot *slot = NULL;
    if (safe_stack != NULL) {
        CONTROL->config.safe_stacks = true;
        slot = stack_acquire(kernel_limit(RLIMIT_STACK));
        if (slot == NULL)
            die("no memory for the safe stack of the main thread");
        stack_enter(slot);
        __safestack_unsafe_stack_ptr = (void *)(native_stack & -UINT64_C(16));
    }
    arena_seal_config();
    if (CONFIG->verbose)
        say_what_protects(slot);
    return slot != NULL ? slot->high : 0;
}
