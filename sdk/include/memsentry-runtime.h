/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What the runtime of a defense, or an application with something to keep apart, may call.
 */
#ifndef MEMSENTRY_RUNTIME_H
#define MEMSENTRY_RUNTIME_H

#include <stddef.h>

/*
 * Before a function: it is not instrumented, and neither inlined into others nor others into
 * it. Defenses still apply to it (SafeStack moves its locals). For code that must touch a
 * region, or that the instrumentation would break.
 *
 * CAUTION: every pointer that such a function takes from ordinary memory is one that an
 * attacker may have chosen; it reaches the regions.
 */
#define MEMSENTRY_NO_SANITIZE __attribute__((annotate("memsentry:no_sanitize")))

/*
 * In a pointer's type, before the star: what it points to lies in a safe region, and accesses
 * through it are not confined: `int MEMSENTRY_REGION *counter`. The compiler keeps such
 * pointers apart from others; a cast goes from one to the other.
 *
 * CAUTION: the pointer itself must not be under the influence of memory that the program can
 * write.
 */
#define MEMSENTRY_REGION __attribute__((address_space(1)))

/*
 * Before a function: trusted code. It goes into the whitelisted section, is not confined, and
 * may access safe regions by ordinary pointers; domain backends open the domain around its
 * accesses and close it before it calls anything. It is neither inlined nor are functions that
 * it calls inlined into it (but those that always are).
 *
 * CAUTION: every pointer that such a function takes from ordinary memory is one that an
 * attacker may have chosen; it reaches the regions.
 */
#define MEMSENTRY_SAFE __attribute__((section("memsentry_functions"), noinline))

/*
 * At the start of the text of an asm statement: it has been reviewed, and -Wmemsentry-asm is
 * quiet about it: `asm(MEMSENTRY_REVIEWED_ASM "rep stosb" : ...)`. It is a comment for the
 * assembler. In assembly outside of functions one mark stands for all of the file.
 *
 * CAUTION: what such assembly accesses through registers is not confined.
 */
#define MEMSENTRY_REVIEWED_ASM "/* memsentry: reviewed */ "

/*
 * In a line of its own, once per source file of a defense's runtime: memsentry-check does not
 * count the object among those that are not instrumented. It changes nothing else.
 */
#define MEMSENTRY_DEFENSE_RUNTIME __asm__(".set " MEMSENTRY_DEFENSE_RUNTIME_SYMBOL ", 0");
#define MEMSENTRY_DEFENSE_RUNTIME_SYMBOL "__memsentry_defense_runtime"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Between the two, within one function, accesses may reach safe regions by ordinary pointers,
 * as in a function that is MEMSENTRY_SAFE; functions that are called there are as they always
 * are. Every way through the function has to close what it has opened: the compiler says where
 * one does not. Spans may be nested. Domain backends put their gates, a few inline
 * instructions, where the span accesses memory and close the domain around calls; address
 * backends leave these accesses unconfined. Code that is not compiled with -fmemsentry= does
 * not link.
 *
 * CAUTION: every pointer that a span takes from ordinary memory is one that an attacker may
 * have chosen; it reaches the regions.
 */
__attribute__((nothrow)) void memsentry_open(void);
__attribute__((nothrow)) void memsentry_close(void);

/* A span from here to the end of the scope, however that is left. */
#define MEMSENTRY_OPEN_SCOPE                                                                   \
    __attribute__((cleanup(memsentry_close_scope), unused)) char memsentry_scope_ =            \
        (memsentry_open(), 0)
__attribute__((nothrow)) void memsentry_close_scope(char *scope);

/*
 * Allocates `size` bytes that instrumented code cannot reach: zeroed, aligned to the page,
 * between guard pages, in the lower half. `size` is rounded up to whole pages.
 *
 * Returns NULL with errno EINVAL (size 0) or ENOMEM. The caller owns the region until
 * saferegion_free(). Thread-safe; not to be called from a signal handler. May be called from
 * constructors.
 */
void *saferegion_alloc(size_t size);

/*
 * As saferegion_alloc(), with a name of at most 31 characters that reports show. The name is
 * copied; a longer one is refused with EINVAL.
 */
void *saferegion_alloc_named(size_t size, const char *name);

/*
 * Gives back what saferegion_alloc() returned; NULL is allowed. The contents are gone at once.
 * Any other pointer, or one freed before, is a report and the end of the process: a quiet
 * answer would leave a region in the hands of two owners. Thread-safe; not for signal handlers.
 */
void saferegion_free(void *region);

#ifdef __cplusplus
}
#endif

#endif
