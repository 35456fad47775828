/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Notes, and references that make a link fail where something is amiss. */
#include "note.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <llvm-c/Core.h>
#include <llvm/Config/llvm-config.h>

#include <memsentry-pass.h>
#include <memsentry/abi.h>

#include "bridge/bridge.h"
#include "config.h"

#define RECORDS "memsentry.notes"
#define RECORDS_MAX_TEXT 256
#define NOTE_SYMBOL "__memsentry_note"
#define ABI_REFERENCE "__memsentry_abi_reference"
#define REFERENCE_SECTION ".data.rel.ro.memsentry_abi"
#define LINK_REFERENCE "__memsentry_link_reference"
#define LINK_SYMBOL "__memsentry_was_not_applied_at_link"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void list_defenses(const struct config *config, char *text, size_t size)
{
    size_t length = 0;

    snprintf(text, size, "-");
    for (size_t d = 0; d < COUNT(config->defenses); d++) {
        if (config->defenses[d])
            length += (size_t)snprintf(text + length, size - length, "%s%s", length ? "," : "",
                                       config->defenses[d]->name);
    }
}

bool note_is_recorded(LLVMModuleRef module)
{
    return LLVMGetNamedMetadataNumOperands(module, RECORDS) != 0;
}

void note_record(const struct config *config, LLVMModuleRef module)
{
    LLVMContextRef context = LLVMGetModuleContext(module);
    char text[RECORDS_MAX_TEXT], list[128];

    if (note_is_recorded(module) || LLVMGetNamedGlobal(module, NOTE_SYMBOL))
        return;
    list_defenses(config, list, sizeof list);
    int length = snprintf(
        text, sizeof text, "abi=%d backend=%s mode=%s defenses=%s compiler=%s version=%s",
        MEMSENTRY_ABI_VERSION, config->backend->name, config_mode_name(config->mode), list,
        LLVM_VERSION_STRING, MEMSENTRY_VERSION);
    LLVMMetadataRef string = LLVMMDStringInContext2(context, text, (size_t)length);
    LLVMMetadataRef node = LLVMMDNodeInContext2(context, &string, 1);
    LLVMAddNamedMetadataOperand(module, RECORDS, LLVMMetadataAsValue(context, node));
}

/* The text of record number `index`. */
static const char *record(LLVMModuleRef module, unsigned index, unsigned *length)
{
    return bridge_named_metadata_string(module, RECORDS, index, length);
}

static int add_defenses(struct config *config, const char *text, size_t length)
{
    static const char field[] = " defenses=";
    const char *list = memmem(text, length, field, sizeof field - 1);

    if (!list)
        return -EINVAL;
    list += sizeof field - 1;
    while (*list != '-') {
        size_t name = strcspn(list, ", ");
        int result = config_add_defense(config, list, name);
        if (result < 0 || list[name] != ',')
            return result;
        list += name + 1;
    }
    return 0;
}

int note_defenses(struct config *config, LLVMModuleRef module, char *error, size_t error_size)
{
    static const char version[] = " version=" MEMSENTRY_VERSION;

    for (unsigned i = 0; i < LLVMGetNamedMetadataNumOperands(module, RECORDS); i++) {
        unsigned length;
        const char *text = record(module, i, &length);
        if (length < sizeof version ||
            memcmp(text + length - (sizeof version - 1), version, sizeof version - 1) ||
            add_defenses(config, text, length) < 0) {
            snprintf(
                error, error_size,
                "bitcode of another version of MemSentry (%.*s); this is " MEMSENTRY_VERSION,
                (int)length, text);
            return -EINVAL;
        }
    }
    return 0;
}

static LLVMValueRef padded_string(LLVMContextRef context, const char *text, size_t length)
{
    char bytes[RECORDS_MAX_TEXT + 4] = {0};

    memcpy(bytes, text, length);
    return LLVMConstStringInContext2(context, bytes, (length + 1 + 3) / 4 * 4, 1);
}

/* An ELF note: the sizes of name and description with their final zeros, the type, both padded.
 */
static void emit(LLVMModuleRef module, const char *text, size_t length)
{
    LLVMContextRef context = LLVMGetModuleContext(module);
    LLVMTypeRef word = LLVMInt32TypeInContext(context);
    LLVMValueRef fields[] = {
        LLVMConstInt(word, sizeof MEMSENTRY_NOTE_NAME, 0),
        LLVMConstInt(word, length + 1, 0),
        LLVMConstInt(word, MEMSENTRY_NOTE_TYPE, 0),
        padded_string(context, MEMSENTRY_NOTE_NAME, sizeof MEMSENTRY_NOTE_NAME - 1),
        padded_string(context, text, length),
    };
    LLVMValueRef value = LLVMConstStructInContext(context, fields, COUNT(fields), 0);
    LLVMValueRef note = LLVMAddGlobal(module, LLVMTypeOf(value), NOTE_SYMBOL);

    LLVMSetInitializer(note, value);
    LLVMSetGlobalConstant(note, 1);
    LLVMSetLinkage(note, LLVMPrivateLinkage);
    LLVMSetSection(note, MEMSENTRY_NOTE_SECTION);
    LLVMSetAlignment(note, 4);
    bridge_keep(module, note);
}

void note_emit(LLVMModuleRef module)
{
    for (unsigned i = 0; i < LLVMGetNamedMetadataNumOperands(module, RECORDS); i++) {
        unsigned length;
        const char *text = record(module, i, &length);
        if (length < RECORDS_MAX_TEXT)
            emit(module, text, length);
    }
    bridge_erase_named_metadata(module, RECORDS);
}

/* Keeps a reference to `symbol`, which is returned, in the object. */
static LLVMValueRef refer(LLVMModuleRef module, const char *reference, const char *symbol)
{
    LLVMContextRef context = LLVMGetModuleContext(module);
    LLVMValueRef target = LLVMGetNamedGlobal(module, symbol);

    if (!target)
        target = LLVMAddGlobal(module, LLVMInt8TypeInContext(context), symbol);
    if (LLVMGetNamedGlobal(module, reference))
        return target;
    LLVMValueRef variable =
        LLVMAddGlobal(module, LLVMPointerTypeInContext(context, 0), reference);
    LLVMSetInitializer(variable, target);
    LLVMSetGlobalConstant(variable, 1);
    LLVMSetLinkage(variable, LLVMPrivateLinkage);
    LLVMSetSection(variable, REFERENCE_SECTION);
    bridge_keep(module, variable);
    return target;
}

void note_refer_to_abi(LLVMModuleRef module)
{
    refer(module, ABI_REFERENCE, MEMSENTRY_ABI_SYMBOL);
}

void note_require_link(LLVMModuleRef module)
{
    LLVMValueRef symbol = refer(module, LINK_REFERENCE, LINK_SYMBOL);

    /* A shared library may otherwise leave symbols undefined. */
    LLVMSetVisibility(symbol, LLVMHiddenVisibility);
}

void note_release_link(LLVMModuleRef module)
{
    LLVMValueRef symbol = LLVMGetNamedGlobal(module, LINK_SYMBOL);
    LLVMValueRef next;

    if (!symbol)
        return;
    for (LLVMValueRef g = LLVMGetFirstGlobal(module); g; g = next) {
        /* Merged modules have one each, under names of the linker's making. */
        bool reference = LLVMGetInitializer(g) == symbol;
        if (reference)
            bridge_release(module, g);
        next = LLVMGetNextGlobal(g);
        if (reference)
            LLVMDeleteGlobal(g);
    }
    LLVMDeleteGlobal(symbol);
}
