/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What the victims of the oracle share with each other, and with the oracle that corrupts them.
 */
#ifndef ORACLE_VICTIM_H
#define ORACLE_VICTIM_H

#include <stddef.h>
#include <stdint.h>

#define ORACLE_CANARIES 4
#define ORACLE_KEPT 8
/* The upper half of each word of a canary: a copy of it outside has been read there. */
#define ORACLE_PATTERN UINT64_C(0xCA7A1E5500000000)

struct range {
    uint64_t start, end;
};

/* What a victim says of itself, on the descriptor below, before it stops itself. */
#define ORACLE_PIPE 3
struct victim {
    struct range canaries[ORACLE_CANARIES];
    /* Not to be corrupted. Thread control blocks belong to libc. */
    struct range kept[ORACLE_KEPT];
    uint64_t frame;        /* of main, its low end: from there on up nothing changes any more */
    uint64_t unsafe_stack; /* current, 0 without SafeStack */
    uint64_t thread_block; /* of the main thread; its thread-local variables end here */
    uint64_t parked_frame; /* in the other thread */
    int32_t parked;        /* its kernel thread id */
};

/* A workload: prepared in peace, then stepped under attack. Neither calls libc. */
struct workload {
    const char *name;
    void (*prepare)(void);
    void (*step)(void);
};

#define WORKLOAD(name)                                                                         \
    {                                                                                          \
#        name, name##_prepare, name##_step                                                     \
    }

#ifdef __cplusplus
extern "C" {
#endif

/* From the heap; in prepare only. */
void *oracle_allocate(size_t size);
/* Pseudo-random numbers out of a state that lies in corrupted memory like everything else. */
uint32_t oracle_random(void);

extern const struct workload oracle_structures[], oracle_memory[], oracle_control[],
    oracle_templates[];

#ifdef __cplusplus
}
#endif

#endif
