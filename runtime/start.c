/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Start-up of the runtime; see start.h. */
#include "start.h"

#include <stdlib.h>
#include <sys/auxv.h>

#include "arena.h"
#include "backends/backend.h"
#include "control.h"
#include "die.h"
#include "interpose.h"
#include "kernel.h"
#include "log.h"
#include "memsentry/abi.h"
#include "options.h"
#include "select.h"
#include "signals.h"
#include "threads.h"

/* Every instrumented object refers to it: another ABI fails at link. */
EXPORT extern const char abi __asm__(MEMSENTRY_ABI_SYMBOL);
const char abi = MEMSENTRY_ABI_VERSION;

bool runtime_started;

static struct options read_options(void)
{
    struct options options = OPTIONS_DEFAULT;
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
        text_flush(&help, (int)options.log_fd);
    }
    return options;
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
    if (CONFIG->backend->remark != NULL) {
        text_put(&text, " (");
        text_put(&text, CONFIG->backend->remark);
        text_put(&text, ")");
    }
    text_put(&text, ", guards by ");
    text_put(&text, CONFIG->arena_mode == ARENA_GUARD_PAGES ? "guard pages" : "mprotect");
    put_yes_no(&text, ", sealed: ", CONFIG->sealed);
    if (slot != NULL) {
        text_put(&text, ", safe stack of the main thread ");
        text_put_hex(&text, slot->low, 12);
        text_put(&text, "-");
        text_put_hex(&text, slot->high, 12);
    } else {
        text_put(&text, ", stacks not isolated");
        if (CONFIG->backend->kind == BACKEND_ADDRESS)
            text_put(&text, ": linked without -fsanitize=safe-stack");
    }
    text_put(&text, "\n");
    log_text(&text);
}

/* The last step: the main thread has its stacks, the configuration becomes read-only. */
static void finish(const struct slot *slot)
{
    if (slot != NULL)
        __safestack_unsafe_stack_ptr = (void *)slot->native_stack;
    CONTROL->config.finished = true;
    arena_seal_config();
    if (CONFIG->verbose)
        say_what_protects(slot);
}

static void find_libc(struct real_functions *real)
{
    {
        NEXT(int, pthread_create, __pthread_create, pthread_t *, const pthread_attr_t *,
             void *(*)(void *), void *);
        real->pthread_create = next;
    }
    {
        NEXT(int, sigaction, __sigaction, int, const struct sigaction *, struct sigaction *);
        real->sigaction = next;
    }
}

#ifndef MEMSENTRY_STATIC
/* The executable's, when its stacks are isolated; see defenses/safestack. */
EXPORT extern const char __memsentry_safestack __attribute__((weak));
/* The executable's, when it will call __memsentry_start(): not a stock one. */
EXPORT extern const char __memsentry_start_object __attribute__((weak));

/*
 * Called by the first constructor of a library whose code needs an unsafe stack. A stock
 * executable has none to offer, and its threads would not either.
 */
EXPORT void __memsentry_need_safe_stacks(const void *library);

void __memsentry_need_safe_stacks(const void *library)
{
    select_check_library(library);
    if (&__memsentry_safestack != NULL)
        return;
    Dl_info info;
    struct text text = {0};
    text_put(&text, "memsentry: error: the library ");
    text_put(&text, dladdr(library, &info) != 0 ? info.dli_fname : "(unknown)");
    text_put(&text, " is built with '-fsanitize=safe-stack -fmemsentry=");
    text_put(&text, CONFIG->backend->name);
    text_put(&text, "', the program that loads it is not: link the program with these options");
    refuse(&text);
}

/*
 * Called by the first constructor of any instrumented library, with an address inside it: one
 * that is loaded later has met no check.
 */
EXPORT void __memsentry_check_library(const void *inside);

void __memsentry_check_library(const void *inside)
{
    runtime_ensure_started();
    select_check_library(inside);
}
#endif

static void start_backend(struct config *config)
{
    const struct backend *backend = config->backend;
    if (backend->start != NULL)
        backend->start(config);
    if (backend->protect != NULL && arena_mark() != 0)
        die("the safe regions cannot be marked as the backend needs it");
    if (backend->verify != NULL)
        backend->verify();
    if (backend->kind == BACKEND_ADDRESS)
        arena_reserve_alias();
}

#ifdef MEMSENTRY_STATIC
/* Constructors run after this. */
__attribute__((section(".preinit_array"),
               used)) static void (*const hook)(void) = runtime_start;
#else
/*
 * Until the program's own start code gives the main thread its stacks, constructors of linked
 * libraries have their unsafe stack below the native one, out of its way.
 */
static void *early_unsafe_stack(void)
{
    uint64_t half = kernel_limit(RLIMIT_STACK) / 2;
    uint64_t distance = half < MEMSENTRY_MIB ? half : MEMSENTRY_MIB;
    return (void *)(((uint64_t)__builtin_frame_address(0) - distance) & -UINT64_C(16));
}

__attribute__((constructor(101)))
#endif
void runtime_start(void)
{
    if (runtime_started)
        return;
    const struct options options = read_options();
    arena_reserve_lower();
    struct config *config = &CONTROL->config;
    select_backend(config);
    config->verbose = options.verbose;
    config->log_fd = (int)options.log_fd;
    config->syslog = options.syslog;
    start_backend(config);
    find_libc(&config->real);
    threads_init(config);
    signals_init();
    runtime_started = true;
#ifdef MEMSENTRY_STATIC
    finish(stack_current());
#else
    if (__safestack_unsafe_stack_ptr == NULL)
        __safestack_unsafe_stack_ptr = early_unsafe_stack();
    if (&__memsentry_start_object == NULL)
        finish(NULL);
#endif
}

static struct slot *main_stack(uint64_t native_stack)
{
    CONTROL->config.safe_stacks = true;
    struct slot *slot = stack_acquire(kernel_limit(RLIMIT_STACK));
    if (slot == NULL)
        die("no memory for the safe stack of the main thread");
    stack_enter(slot);
    slot->native_stack = native_stack & -UINT64_C(16);
    return slot;
}

/*
 * Called by the start object of the executable, on the native stack, before libc starts the
 * program. Returns the top of the safe stack of the main thread, 0 when stacks are not
 * isolated.
 */
EXPORT uint64_t __memsentry_start(const void *safe_stack, uint64_t native_stack);

uint64_t __memsentry_start(const void *safe_stack, uint64_t native_stack)
{
#ifdef MEMSENTRY_STATIC
    /*
     * Nothing is relocated and libc is not ready: the least that moves the stack. The rest
     * follows before the first constructor, and also says why when this fails.
     */
    if (arena_map() != 0 || safe_stack == NULL)
        return 0;
    return main_stack(native_stack)->high;
#else
    runtime_ensure_started();
    if (CONFIG->finished) {
        if (safe_stack == NULL)
            return 0;
        struct text text = {0};
        text_put(&text,
                 "memsentry: error: the program does not export what the runtime knows it "
                 "by; link it without '--exclude-libs' and the like");
        refuse(&text);
    }
    const struct slot *slot = safe_stack != NULL ? main_stack(native_stack) : NULL;
    finish(slot);
    return slot != NULL ? slot->high : 0;
#endif
}
