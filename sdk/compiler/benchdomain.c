/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Points at which the domain is switched for nothing; see benchdomain.h. */
#include "benchdomain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <llvm-c/Core.h>

#include <memsentry/abi.h>

#include "bridge/bridge.h"
#include "config.h"

#define POINT_METADATA "memsentry.benchdomain"
#define COUNTER "__memsentry_benchdomain_count"
#define PRINTER "__memsentry_benchdomain_print"
#define PRINTED "memsentry: benchdomain: %lu points\n"

enum points { POINTS_NONE, POINTS_CALL_RET, POINTS_ICALL, POINTS_LIBFUNC };

static const char *const points_names[] = {
    [POINTS_NONE] = "",
    [POINTS_CALL_RET] = "call-ret",
    [POINTS_ICALL] = "icall",
    [POINTS_LIBFUNC] = "libfunc",
};
#define POINTS_COUNT (sizeof points_names / sizeof points_names[0])

struct list {
    char **names;
    size_t count;
};

static void list_free(struct list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->names[i]);
    free(list->names);
}

static bool list_has(const struct list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++) {
        if (!strcmp(list->names[i], name))
            return true;
    }
    return false;
}

static void list_add(struct list *list, char *line)
{
    line[strcspn(line, "#\r\n")] = 0;
    line += strspn(line, " \t");
    line[strcspn(line, " \t")] = 0;
    if (!*line)
        return;
    char **grown = realloc(list->names, (list->count + 1) * sizeof *grown);
    char *copy = strdup(line);
    if (!grown || !copy)
        abort(); /* as LLVM does */
    list->names = grown;
    list->names[list->count++] = copy;
}

static bool list_read(struct list *list, LLVMModuleRef module)
{
    const char *path = bridge_option_benchdomain_file();
    char message[512], *line = NULL;
    size_t size = 0;
    FILE *file = *path ? fopen(path, "r") : NULL;

    if (!file) {
        snprintf(message, sizeof message,
                 *path ? "cannot read '%s' of '-memsentry-benchdomain-libfunc-file='"
                       : "'-memsentry-benchdomain-points=libfunc' needs "
                         "'-memsentry-benchdomain-libfunc-file='",
                 path);
        bridge_error(module, NULL, message);
        return false;
    }
    while (getline(&line, &size, file) >= 0)
        list_add(list, line);
    free(line);
    fclose(file);
    return true;
}

static unsigned point_kind(LLVMModuleRef module)
{
    return LLVMGetMDKindIDInContext(LLVMGetModuleContext(module), POINT_METADATA,
                                    sizeof POINT_METADATA - 1);
}

static bool is_call_point(LLVMValueRef call, enum points points, const struct list *list)
{
    LLVMValueRef callee = LLVMGetCalledValue(call);
    size_t length;

    if (LLVMIsAInlineAsm(callee))
        return false;
    if (!LLVMIsAFunction(callee))
        return points != POINTS_LIBFUNC;
    if (points == POINTS_LIBFUNC)
        return list_has(list, LLVMGetValueName2(callee, &length));
    return points == POINTS_CALL_RET && !LLVMIsDeclaration(callee);
}

/* Behind such a call there is nothing but the return. */
static bool is_behind_tail_call(LLVMValueRef ret)
{
    LLVMValueRef before = LLVMGetPreviousInstruction(ret);

    return before && LLVMIsACallInst(before) &&
           LLVMGetTailCallKind(before) == LLVMTailCallKindMustTail;
}

static bool is_point(LLVMValueRef instruction, enum points points, const struct list *list)
{
    switch (LLVMGetInstructionOpcode(instruction)) {
    case LLVMCall:
    case LLVMInvoke:
    case LLVMCallBr:
        return is_call_point(instruction, points, list);
    case LLVMRet:
        return points == POINTS_CALL_RET && !is_behind_tail_call(instruction);
    default:
        return false;
    }
}

static void insert_store(LLVMBuilderRef builder, LLVMModuleRef module, LLVMValueRef before)
{
    LLVMContextRef context = LLVMGetModuleContext(module);
    LLVMTypeRef byte = LLVMInt8TypeInContext(context);
    LLVMTypeRef pointer = LLVMPointerTypeInContext(context, MEMSENTRY_REGION_ADDRESS_SPACE);
    LLVMMetadataRef empty = LLVMMDNodeInContext2(context, NULL, 0);

    LLVMPositionBuilderBefore(builder, before);
    LLVMValueRef store =
        LLVMBuildStore(builder, LLVMConstNull(byte), LLVMConstPointerNull(pointer));
    LLVMSetVolatile(store, 1);
    LLVMSetMetadata(store, point_kind(module), LLVMMetadataAsValue(context, empty));
}

static void insert(LLVMModuleRef module, enum points points, const struct list *list)
{
    LLVMBuilderRef builder = LLVMCreateBuilderInContext(LLVMGetModuleContext(module));

    for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f)) {
        if (LLVMIsDeclaration(f) || function_is_naked(f) ||
            function_has_attribute(f, TRUSTED_ATTRIBUTE) ||
            function_has_attribute(f, MEMSENTRY_DONE_ATTRIBUTE))
            continue;
        for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(f); block;
             block = LLVMGetNextBasicBlock(block)) {
            for (LLVMValueRef i = LLVMGetFirstInstruction(block); i;
                 i = LLVMGetNextInstruction(i)) {
                if (is_point(i, points, list))
                    insert_store(builder, module, i);
            }
        }
    }
    LLVMDisposeBuilder(builder);
}

bool benchdomain_insert(LLVMModuleRef module)
{
    const char *wanted = bridge_option_benchdomain_points();
    struct list list = {0};
    enum points points = POINTS_NONE;
    char message[128];

    while (points < POINTS_COUNT && strcmp(points_names[points], wanted))
        points++;
    if (points == POINTS_NONE)
        return true;
    if (points == POINTS_COUNT) {
        snprintf(message, sizeof message,
                 "invalid value '%.40s' in '-memsentry-benchdomain-points='; it is one of: "
                 "call-ret, icall, libfunc",
                 wanted);
        bridge_error(module, NULL, message);
        return false;
    }
    if (points == POINTS_LIBFUNC && !list_read(&list, module))
        return false;
    insert(module, points, &list);
    list_free(&list);
    return true;
}

static void add_printer(LLVMModuleRef module, LLVMValueRef counter)
{
    LLVMContextRef context = LLVMGetModuleContext(module);
    LLVMTypeRef integer = LLVMInt32TypeInContext(context);
    LLVMTypeRef parameters[] = {integer, LLVMPointerTypeInContext(context, 0)};
    LLVMTypeRef print_type = LLVMFunctionType(integer, parameters, 2, 1);
    LLVMValueRef print = function_declare(module, "dprintf", print_type);
    LLVMValueRef printer = LLVMAddFunction(
        module, PRINTER, LLVMFunctionType(LLVMVoidTypeInContext(context), NULL, 0, 0));
    LLVMBuilderRef builder = LLVMCreateBuilderInContext(context);

    function_merge(module, printer, PRINTER);
    LLVMPositionBuilderAtEnd(builder, LLVMAppendBasicBlockInContext(context, printer, ""));
    LLVMValueRef arguments[] = {
        LLVMConstInt(integer, 2, 0), LLVMBuildGlobalStringPtr(builder, PRINTED, ""),
        LLVMBuildLoad2(builder, LLVMInt64TypeInContext(context), counter, "")};
    LLVMBuildCall2(builder, print_type, print, arguments, 3, "");
    LLVMBuildRetVoid(builder);
    LLVMDisposeBuilder(builder);
    bridge_call_at_exit(module, printer);
}

static LLVMValueRef add_counter(LLVMModuleRef module)
{
    LLVMTypeRef type = LLVMInt64TypeInContext(LLVMGetModuleContext(module));
    LLVMValueRef counter = LLVMAddGlobal(module, type, COUNTER);

    LLVMSetInitializer(counter, LLVMConstNull(type));
    function_merge(module, counter, COUNTER);
    add_printer(module, counter);
    return counter;
}

static void count(LLVMModuleRef module, LLVMValueRef point)
{
    LLVMContextRef context = LLVMGetModuleContext(module);
    LLVMBuilderRef builder = LLVMCreateBuilderInContext(context);
    LLVMValueRef counter = LLVMGetNamedGlobal(module, COUNTER);

    LLVMPositionBuilderBefore(builder, point);
    LLVMBuildAtomicRMW(builder, LLVMAtomicRMWBinOpAdd, counter ? counter : add_counter(module),
                       LLVMConstInt(LLVMInt64TypeInContext(context), 1, 0),
                       LLVMAtomicOrderingMonotonic, 0);
    LLVMDisposeBuilder(builder);
}

static LLVMValueRef point_mark(LLVMValueRef instruction, unsigned *kind)
{
    LLVMBasicBlockRef block = LLVMGetInstructionParent(instruction);

    *kind = point_kind(LLVMGetGlobalParent(LLVMGetBasicBlockParent(block)));
    return LLVMGetMetadata(instruction, *kind);
}

bool benchdomain_is_point(LLVMValueRef instruction)
{
    unsigned kind;

    return point_mark(instruction, &kind) != NULL;
}

void benchdomain_keep(LLVMValueRef point, LLVMValueRef replacement)
{
    unsigned kind;
    LLVMValueRef mark = point_mark(point, &kind);

    LLVMSetMetadata(replacement, kind, mark);
}

void benchdomain_remove(LLVMModuleRef module)
{
    const unsigned kind = point_kind(module);
    LLVMValueRef next;

    for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f)) {
        for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(f); block;
             block = LLVMGetNextBasicBlock(block)) {
            for (LLVMValueRef i = LLVMGetFirstInstruction(block); i; i = next) {
                next = LLVMGetNextInstruction(i);
                if (!LLVMGetMetadata(i, kind))
                    continue;
                if (bridge_option_benchdomain_count())
                    count(module, i);
                if (LLVMIsAStoreInst(i))
                    LLVMInstructionEraseFromParent(i);
            }
        }
    }
}
