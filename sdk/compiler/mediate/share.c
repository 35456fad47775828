/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Where only writes are confined, a base that is written through would be kept twice: as it is
 * for the reads, and masked for the writes. So the reads of the function go through the masked
 * one as well. A pointer to what must not be written (the frame of a library that calls back)
 * is then refused at the first read already, by a function that also writes through it.
 */
#include "mediate.h"

#include <stdlib.h>

#include <llvm-c/Core.h>

#include "../config.h"
#include "access.h"

struct bases {
    LLVMValueRef *sorted;
    size_t count;
};

static int compare(const void *a, const void *b)
{
    const uintptr_t x = *(const uintptr_t *)a, y = *(const uintptr_t *)b;

    return (x > y) - (x < y);
}

/* What is masked for this access; NULL when nothing is, or when it cannot be shared. */
static LLVMValueRef base_of(const struct mediation *m, LLVMValueRef instruction, unsigned index,
                            struct access *access)
{
    if (!access_of_operand(m->layout, instruction, index, access) || access->unbounded ||
        access->is_region || access->is_stack)
        return NULL;
    LLVMValueRef base = mediate_base(m, access->pointer, access->extent);
    /*
     * A pointer that goes round a loop is often read from where it points, and each round would
     * wait for a mask. What is thread-local is read by the segment register.
     */
    return base && !LLVMIsAPHINode(base) && !LLVMIsAGlobalVariable(base) ? base : NULL;
}

static void collect_written(const struct mediation *m, const LLVMValueRef *instructions,
                            size_t count, struct bases *written)
{
    struct access access;

    for (size_t i = 0; i < count; i++) {
        LLVMValueRef base =
            LLVMIsAStoreInst(instructions[i]) ? base_of(m, instructions[i], 1, &access) : NULL;
        if (base)
            written->sorted[written->count++] = base;
    }
    qsort(written->sorted, written->count, sizeof *written->sorted, compare);
}

void mediate_share(const struct mediation *m, const LLVMValueRef *instructions, size_t count)
{
    struct bases written = {0};
    struct access access;
    const char *reason;

    if ((m->mode & ACCESS_READ) || m->barrier)
        return;
    written.sorted = calloc(count + 1, sizeof *written.sorted);
    if (!written.sorted)
        abort(); /* as LLVM does */
    collect_written(m, instructions, count, &written);
    for (size_t i = 0; i < count && written.count; i++) {
        LLVMValueRef base =
            LLVMIsALoadInst(instructions[i]) ? base_of(m, instructions[i], 0, &access) : NULL;
        if (!base || !bsearch(&base, written.sorted, written.count, sizeof base, compare))
            continue;
        LLVMPositionBuilderBefore(m->builder, instructions[i]);
        LLVMSetOperand(instructions[i], 0, mediate_confine(m, &access, &reason));
    }
    free(written.sorted);
}
