/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What the runtime of a defense, or an application with something to keep apart, may call.
 */
#ifndef MEMSENTRY_RUNTIME_H
#define MEMSENTRY_RUNTIME_H

#include <stddef.h>
#include <stdint.h>

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
 * accesses and close it before it calls anything but, by name, other such functions of the
 * same module. It is neither inlined nor are functions that it calls inlined into it (but those
 * that always are).
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

/*
 * Copy between a region and ordinary memory for code that is not compiled with -fmemsentry=,
 * which no gate lets in: the runtime of a defense above all. `region` is any place in a region,
 * all `size` bytes lie in that one; the other pointer is ordinary memory.
 *
 * Return 0, -EINVAL (no such region, or one that is smaller) or -EFAULT (the other side lies in
 * the lower half). Thread- and signal-safe; not atomic.
 *
 * CAUTION: where a region is written, and what, must not be under the influence of memory that
 * the program can write.
 */
int saferegion_read(void *to, const void *region, size_t size);
int saferegion_write(void *region, const void *from, size_t size);

/*
 * A safe region whose memory is handed out in blocks. The handle may be kept anywhere: it is
 * checked at each use. What the allocator remembers lies apart from the blocks, out of reach
 * like them.
 */
typedef struct saferegion_heap saferegion_heap;

/*
 * Makes a heap of `size` bytes, rounded up to whole pages, which does not grow. `name`, of at
 * most 31 characters, is copied and is what reports show.
 *
 * Returns NULL with errno EINVAL (no size, no name, or one that is too long) or ENOMEM. The
 * caller owns the heap until saferegion_heap_destroy(). All functions of heaps are thread-safe
 * and not for signal handlers, and wait for each other, whichever heap they are for.
 */
saferegion_heap *saferegion_heap_create(size_t size, const char *name);

/* Gives the heap back with all of its blocks. NULL is allowed. */
void saferegion_heap_destroy(saferegion_heap *heap);

/*
 * As malloc, calloc and realloc do, aligned to 16 bytes; realloc to no size frees and returns
 * NULL. The blocks are the caller's until they are freed; only trusted code and accesses by
 * MEMSENTRY_REGION pointers reach them. NULL with errno ENOMEM when there is no room.
 *
 * A handle that is none, and a block that is not in use in this heap, are a report and the end
 * of the process, here and below.
 */
void *saferegion_heap_malloc(saferegion_heap *heap, size_t size);
void *saferegion_heap_calloc(saferegion_heap *heap, size_t count, size_t size);
void *saferegion_heap_realloc(saferegion_heap *heap, void *block, size_t size);

/* Overwrites the block with zeroes and gives it back. NULL is allowed. */
void saferegion_heap_free(saferegion_heap *heap, void *block);

/* How many bytes the block has, at least those that were asked for; 0 for NULL. */
size_t saferegion_heap_usable_size(saferegion_heap *heap, const void *block);

/* How a backend isolates. */
enum memsentry_kind {
    MEMSENTRY_KIND_ADDRESS = 1, /* instrumented accesses cannot point into regions */
    MEMSENTRY_KIND_DOMAIN = 2,  /* regions are closed but for gates */
    MEMSENTRY_KIND_HIDING = 3,  /* regions lie at random places, and nothing else */
};

/* Accesses that are confined. */
#define MEMSENTRY_CONFINES_READS 1u
#define MEMSENTRY_CONFINES_WRITES 2u

/* What holds in this process. */
#define MEMSENTRY_HOLDS_DETERMINISTIC                                                          \
    1u                                 /* regions are out of reach for who knows their place */
#define MEMSENTRY_HOLDS_SEALED 2u      /* the kernel refuses to map anything else there */
#define MEMSENTRY_HOLDS_GUARD_PAGES 4u /* without it, guards and regions are by mprotect */
#define MEMSENTRY_HOLDS_STACKS 8u      /* return addresses lie on safe stacks */
#define MEMSENTRY_HOLDS_KEYS_FREE 16u  /* the program may use protection keys of its own */

struct memsentry_status {
    uint32_t size;     /* the caller sets it to sizeof *status */
    uint32_t kind;     /* enum memsentry_kind */
    uint32_t confines; /* MEMSENTRY_CONFINES_*: 0 when nothing in the process is instrumented */
    uint32_t holds;    /* MEMSENTRY_HOLDS_* */
    char backend[16];  /* as after -fmemsentry= */
};

/*
 * Fills in `status`, which lies in ordinary memory, as far as its member `size` says, and sets
 * that to what a caller of this version of the runtime would say. Members are only ever added
 * at the end. Returns 0, -EINVAL (too small for the members above) or -EFAULT (in the lower
 * half). Thread- and signal-safe once main or a constructor runs.
 */
int memsentry_status(struct memsentry_status *status);

#ifdef __cplusplus
}
#endif

#endif
