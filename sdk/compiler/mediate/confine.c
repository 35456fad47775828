/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Where to mask: as deep in the address computation as the guard allows, so that accesses with
 * a common base share one mask and keep their addressing modes.
 */
#include "mediate.h"

#include <stddef.h>

#include <llvm-c/Core.h>

#include <memsentry/layout.h>

#include "../bounds/displacement.h"

/* A place in the image of the program: in the upper half by its layout. */
static bool is_image(LLVMTargetDataRef layout, LLVMValueRef value)
{
    struct chain chain;

    if (LLVMIsAGlobalVariable(value))
        return !LLVMIsThreadLocal(value);
    if (LLVMIsAFunction(value))
        return true;
    if (!LLVMIsAGlobalAlias(value))
        return false;
    chain_of_pointer(layout, LLVMAliasGetAliasee(value), &chain);
    unsigned last = chain.length - 1;
    struct interval reach = {-(wide)MEMSENTRY_GUARD_REACH, (wide)MEMSENTRY_GUARD_REACH};
    return interval_within(chain.distance[last], reach) && is_image(layout, chain.link[last]);
}

static bool in_object(LLVMTargetDataRef layout, LLVMValueRef object, struct interval distance,
                      struct interval extent)
{
    uint64_t object_bytes;

    return object_size(layout, object, &object_bytes) && distance.lo + extent.lo >= 0 &&
           distance.hi + extent.hi <= (wide)object_bytes;
}

/*
 * Why `base`, unmasked, keeps an access at this distance out of the regions; NULL if it does
 * not.
 */
static const char *known(const struct mediation *m, LLVMValueRef base, struct interval distance,
                         struct interval extent, bool in_reach)
{
    uint64_t unused;

    bool local = LLVMIsAAllocaInst(base) ||
                 (LLVMIsAArgument(base) && object_size(m->layout, base, &unused));
    if (local) {
        if (m->stack == MEMSENTRY_STACK_EXEMPT)
            return "local of a function without safe-stack";
        if (m->stack == MEMSENTRY_STACK_SAFE)
            return in_object(m->layout, base, distance, extent) &&
                           (!m->barrier || distance.lo == distance.hi)
                       ? "within its object"
                       : NULL;
        return in_reach && !m->barrier ? "on the program's stack" : NULL;
    }
    if (!in_reach || m->barrier)
        return NULL;
    if (is_image(m->layout, base))
        return "global of the program";
    return m->backend->is_masked(base) ? "base is masked already" : NULL;
}

static bool reaches(struct interval distance, struct interval extent)
{
    struct interval total = interval_union(distance, interval_add(distance, extent));
    struct interval reach = {-(wide)MEMSENTRY_GUARD_REACH, (wide)MEMSENTRY_GUARD_REACH};

    return interval_within(total, reach);
}

/* Repeats the address computation of link[k - 1] ... link[0] from another base. */
static LLVMValueRef rebuild(const struct mediation *m, const struct chain *chain, unsigned k,
                            LLVMValueRef base)
{
    while (k-- > 0) {
        LLVMValueRef gep = chain->link[k];
        LLVMValueRef indices[CHAIN_INDICES_MAX];
        unsigned count = (unsigned)LLVMGetNumOperands(gep) - 1;
        for (unsigned i = 0; i < count; i++)
            indices[i] = LLVMGetOperand(gep, i + 1);
        base = LLVMBuildGEP2(m->builder, LLVMGetGEPSourceElementType(gep), base, indices, count,
                             "");
    }
    return base;
}

bool mediate_is_confined(const struct mediation *m, LLVMValueRef pointer)
{
    struct interval none = interval_of_constant(0);
    struct chain chain;

    chain_of_pointer(m->layout, pointer, &chain);
    for (unsigned k = 0; k < chain.length; k++) {
        if (known(m, chain.link[k], chain.distance[k], none, reaches(chain.distance[k], none)))
            return true;
    }
    return false;
}

/* What is masked, in words. */
static const char *describe(const struct mediation *m, LLVMValueRef base)
{
    if (m->barrier)
        return "setjmp may return into the function";
    if (LLVMIsALoadInst(base))
        return "base is loaded from memory";
    if (LLVMIsAArgument(base))
        return "base is an argument";
    if (LLVMIsACallInst(base) || LLVMIsAInvokeInst(base))
        return "base is the result of a call";
    if (LLVMIsAPHINode(base) || LLVMIsASelectInst(base))
        return "base is one of several";
    if (LLVMIsAIntToPtrInst(base))
        return "base is made from an integer";
    if (LLVMIsAGlobalVariable(base) && LLVMIsThreadLocal(base))
        return "base is thread-local";
    if (LLVMIsAAllocaInst(base))
        return "not shown to lie within its object";
    return "base is not known";
}

/*
 * The link of the chain to be masked for an access; with a *reason, none need be.
 */
static unsigned masked_link(const struct mediation *m, const struct chain *chain,
                            struct interval extent, const char **reason)
{
    unsigned k;

    if (extent.hi > (wide)MEMSENTRY_GUARD_REACH)
        extent.hi = (wide)MEMSENTRY_GUARD_REACH; /* the length trap sees to the rest */
    for (k = chain->length - 1;; k--) {
        bool in_reach = reaches(chain->distance[k], extent);
        *reason = known(m, chain->link[k], chain->distance[k], extent, in_reach);
        if (*reason || k == 0 || (in_reach && !m->barrier))
            return k;
    }
}

LLVMValueRef mediate_base(const struct mediation *m, LLVMValueRef pointer,
                          struct interval extent)
{
    struct chain chain;
    const char *reason;

    chain_of_pointer(m->layout, pointer, &chain);
    unsigned k = masked_link(m, &chain, extent, &reason);
    return reason ? NULL : chain.link[k];
}

static LLVMValueRef confine(const struct mediation *m, const struct access *access,
                            LLVMValueRef base)
{
    bool vector = LLVMGetTypeKind(LLVMTypeOf(base)) == LLVMVectorTypeKind;

    if (m->backend->check && access->certain && !vector)
        return m->backend->check(m->builder, base, m->barrier);
    return (m->barrier ? m->backend->mask_here : m->backend->mask)(m->builder, base);
}

LLVMValueRef mediate_confine(const struct mediation *m, const struct access *access,
                             const char **reason)
{
    struct chain chain;

    chain_of_pointer(m->layout, access->pointer, &chain);
    unsigned k = masked_link(m, &chain, access->extent, reason);
    if (*reason)
        return access->pointer;
    *reason = describe(m, chain.link[k]);
    if (m->barrier)
        return confine(m, access, access->pointer);
    return rebuild(m, &chain, k, confine(m, access, chain.link[k]));
}
