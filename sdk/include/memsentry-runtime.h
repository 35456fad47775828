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
