/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Everything the runtime has to remember, at a fixed address in the lower half: no pointer to
 * it exists that an attacker could redirect, and nothing of it lies where instrumented code can
 * write. The first part becomes read-only, and sealed, once start-up is over.
 */
#ifndef RUNTIME_CONTROL_H
#define RUNTIME_CONTROL_H

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "memsentry/layout.h"

#define PAGE UINT64_C(4096)

struct backend;

/* How memory of an arena is handed out. */
enum arena_mode {
    /* Readable and writable from the start, guards are guard pages, the whole is sealed. */
    ARENA_GUARD_PAGES,
    /* No access from the start, mprotect opens what is used: older kernels, strict overcommit.
     */
    ARENA_PROTECT,
};

/* The functions of libc behind ours. */
struct real_functions {
    int (*pthread_create)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    int (*sigaction)(int, const struct sigaction *, struct sigaction *);
};

/*
 * Where the regions of a class go, by their numbers: slot = number * factor + offset, modulo
 * the number of slots. Zeroes mean one after the other.
 */
struct placement {
    uint64_t half_factor;  /* factor = 2 * half_factor + 1 */
    uint64_t half_inverse; /* the same of its inverse */
    uint64_t offset;
};

/* What the backend crypt has in memory: nothing that would have to be secret. */
struct crypt {
    uint64_t check[2];     /* zero, encrypted: known when the registers are right */
    uint32_t frame_offset; /* of zmm16 in the registers of a signal's frame */
};

struct config {
    const struct backend *backend;
    /* Which accesses are confined: mode r, w or rw. */
    bool reads, writes;
    /* Compiled gates keep the rights of other protection keys. */
    bool gates_preserve;
    /* A handler starts with rights that are not those of other code: leave() comes first. */
    bool handler_entry;
    /*
     * What accesses are confined by is a state of the thread, which handlers are without until
     * leave(): no handler may come to be that the runtime does not call.
     */
    bool checks_by_state;
    /* The protection key of the regions, 0: they have none. */
    int key;
    struct crypt crypt;
    struct placement placement;
    enum arena_mode arena_mode;
    bool sealed;
    bool finished; /* start-up is over */
    /* The program's stacks are split: SafeStack is on. */
    bool safe_stacks;
    bool verbose;
    bool syslog;
    int log_fd;
    pthread_key_t thread_key;
    struct real_functions real;
};

/* One class of stack slots: a lock-free stack of free ones, then never-used ones. */
struct slot_pool {
    /* Free slot number + 1 in the low half, a change count in the high half (against ABA). */
    _Atomic uint64_t free;
    _Atomic uint32_t fresh;
};

/* What the program has asked for a signal; the kernel is told something else. */
struct signal_entry {
    _Atomic uintptr_t handler;
    _Atomic uint32_t flags;
    sigset_t mask;
};

#define NOTIFICATIONS 1024

/* A SIGEV_THREAD notification that waits for its delivery. */
struct notification {
    uint64_t id; /* its index modulo NOTIFICATIONS; 0 when the entry is free */
    timer_t timer;
    bool once; /* not a timer's: forgotten with its delivery */
    void (*function)(union sigval);
    union sigval value;
    uint64_t stack_size;
};

#define REGION_CLASSES 24
#define REGION_CLASS_SPAN (128 * UINT64_C(1073741824))
#define REGION_SLOT_SIZE(k) ((UINT64_C(16) * MEMSENTRY_KIB) << (k))

struct region_pool {
    uint64_t free; /* region number + 1 */
    uint64_t fresh;
};

struct region_entry {
    uint64_t size; /* bytes in use, 0 when free */
    uint64_t next; /* region number + 1 of the next free one */
    char name[32];
    bool heap; /* blocks of it are handed out one by one, see heaps.c */
};

#define CONTEXT_BUCKETS_LOG 12

struct control {
    struct config config;
    /* From here on backends that can protect it do, like the regions. */
    alignas(65536) struct slot_pool stacks[MEMSENTRY_STACK_CLASSES];
    _Atomic uint32_t threads; /* ever numbered */
    struct signal_entry signals[_NSIG + 1];
    pthread_mutex_t regions_lock;
    struct region_pool regions[REGION_CLASSES];
    pthread_mutex_t notifications_lock;
    uint64_t last_notification;
    struct notification notifications[NOTIFICATIONS];
    pthread_mutex_t heaps_lock;
    /* Contexts by the memory that the program gave them: slot number + 1 of the first. */
    pthread_mutex_t contexts_lock;
    uint32_t contexts[1 << CONTEXT_BUCKETS_LOG];
    pthread_mutex_t cancel_lock;
    uint64_t cancel_handler; /* libc's, 0 until it is known */
    uint64_t verified;       /* whether the kernel can write it from outside of the domain */
};

#define CONTROL ((struct control *)MEMSENTRY_CONTROL_START)
#define CONFIG ((const struct config *)MEMSENTRY_CONTROL_START)
/* What is sealed: the part before the 64 KiB boundary. */
#define CONFIG_SIZE UINT64_C(65536)
#define CONTROL_SIZE UINT64_C(262144)

/*
 * Tables that the backend protects. Beyond them are those of the program's allocator, which
 * domain backends go without.
 */
#define PROTECTED_TABLES_START (MEMSENTRY_CONTROL_START + CONFIG_SIZE)
#define PROTECTED_TABLES_END (MEMSENTRY_CONTROL_START + 512 * MEMSENTRY_MIB * 1024)

/* Entries of class k of the regions, each class with room of its own, touched on use. */
#define REGION_TABLE_START (MEMSENTRY_CONTROL_START + 64 * MEMSENTRY_MIB * 1024)
#define REGION_TABLE_SPAN UINT64_C(1073741824)
#define REGION_TABLE(k)                                                                        \
    ((struct region_entry *)(REGION_TABLE_START + (uint64_t)(k)*REGION_TABLE_SPAN))

static_assert(offsetof(struct control, stacks) == CONFIG_SIZE,
              "the sealed part has its own pages");
static_assert(sizeof(struct control) <= CONTROL_SIZE, "the control block fits");
static_assert(MEMSENTRY_REGIONS_START + REGION_CLASSES * REGION_CLASS_SPAN <=
                  MEMSENTRY_REGIONS_END,
              "the region classes fit their arena");
static_assert(REGION_CLASS_SPAN / REGION_SLOT_SIZE(0) * sizeof(struct region_entry) <=
                  REGION_TABLE_SPAN,
              "the table of the smallest class fits");
static_assert(REGION_TABLE_START + REGION_CLASSES * REGION_TABLE_SPAN <= PROTECTED_TABLES_END,
              "the region tables fit");

#endif
