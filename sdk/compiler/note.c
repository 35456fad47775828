/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Notes, and references that make a link fail where something is amiss. */
#include "note.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <llvm-c/Core.h>
#include <llvm/Config/llvm-config.h>

#include <memsentry-pass.h>
#include <memsentry/abi.h>

#include "bridge/bridge.h"
#include "config.h"
#include "loader.h"

#define RECORD_SYMBOL "__memsentry_record"
#define DEFENSES_TEXT_MAX (CONFIG_DEFENSES_MAX * MEMSENTRY_DEFENSE_NAME_SIZE)
#define RECORD_TEXT_MAX (DEFENSES_TEXT_MAX + 256)
#define NOTE_SYMBOL "__memsentry_note"
#define ABI_REFERENCE "__memsentry_abi_reference"
#define REFERENCE_SECTION ".data.rel.ro.memsentry_abi"
/* Nobody defines it. */
#define RECORD_TARGET "__memsentry_was_not_applied_at_link"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* `text` has DEFENSES_TEXT_MAX bytes. */
static void list_defenses(const struct config *config, char *text)
{
    const size_t size = DEFENSES_TEXT_MAX;
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
    return LLVMGetNamedGlobal(module, RECORD_SYMBOL) != NULL;
}

/* A private constant that neither LLVM nor the linker drops. */
static LLVMValueRef add_constant(LLVMModuleRef module, const char *name, LLVMValueRef value,
                                 const char *section)
{
    LLVMValueRef constant = LLVMAddGlobal(module, LLVMTypeOf(value), name);

    LLVMSetInitializer(constant, value);
    LLVMSetGlobalConstant(constant, 1);
    LLVMSetLinkage(constant, LLVMPrivateLinkage);
    LLVMSetSection(constant, section);
    bridge_keep(module, constant);
    return constant;
}

static LLVMValueRef external_symbol(LLVMModuleRef module, const char *name)
{
    LLVMValueRef symbol = LLVMGetNamedGlobal(module, name);

    return symbol ? symbol
                  : LLVMAddGlobal(module, LLVMInt8TypeInContext(LLVMGetModuleContext(module)),
                                  name);
}

void note_record(const struct config *config, LLVMModuleRef module)
{
    LLVMContextRef context = LLVMGetModuleContext(module);
    char text[RECORD_TEXT_MAX], list[DEFENSES_TEXT_MAX], options[32] = "";

    if (note_is_recorded(module) || LLVMGetNamedGlobal(module, NOTE_SYMBOL))
        return;
    list_defenses(config, list);
    if (loader_options_hash())
        snprintf(options, sizeof options, " options=%016" PRIx64, loader_options_hash());
    int length = snprintf(
        text, sizeof text, "abi=%d backend=%s mode=%s defenses=%s%s%s compiler=%s version=%s",
        MEMSENTRY_ABI_VERSION, config->backend->name, config_mode_name(config->mode), list,
        config->mpk_preserve ? " gates=preserve" : "", options, LLVM_VERSION_STRING,
        MEMSENTRY_VERSION);
    LLVMValueRef target = external_symbol(module, RECORD_TARGET);
    /* A shared library may otherwise leave symbols undefined. */
    LLVMSetVisibility(target, LLVMHiddenVisibility);
    LLVMValueRef fields[] = {target,
                             LLVMConstStringInContext2(context, text, (size_t)length, 0)};
    add_constant(module, RECORD_SYMBOL, LLVMConstStructInContext(context, fields, 2, 0),
                 REFERENCE_SECTION);
}

/* The value behind `field` in a record, which has one; it ends at a blank. */
static const char *record_field(const char *text, size_t length, const char *field)
{
    const char *found = memmem(text, length, field, strlen(field));

    return found ? found + strlen(field) : "";
}

__attribute__((format(printf, 3, 4))) static int refuse(char *error, size_t error_size,
                                                        const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(error, error_size, format, arguments);
    va_end(arguments);
    return -EINVAL;
}

static int add_defenses(struct config *config, const char *text, size_t length, char *error,
                        size_t error_size)
{
    const char *list = record_field(text, length, " defenses=");

    if (!*list)
        return refuse(error, error_size, "bitcode without a list of its defenses");
    while (*list != '-') {
        size_t name = strcspn(list, ", ");
        if (config_add_defense(config, list, name) < 0)
            return refuse(error, error_size,
                          "bitcode is compiled with defense '%.*s', which is not loaded here; "
                          "link with its '-fmemsentry-defense=' too",
                          (int)name, list);
        if (list[name] != ',')
            break;
        list += name + 1;
    }
    return 0;
}

/* One that the link has and the compilation had not would only see a part of the program. */
static int check_loaded(const struct config *config, const char *text, size_t length,
                        char *error, size_t error_size)
{
    char options[32] = "";

    for (size_t i = 0; i < loader_count(); i++) {
        bool found = false;
        for (size_t d = 0; d < COUNT(config->defenses); d++)
            found = found || config->defenses[d] == loader_defense(i);
        if (!found)
            return refuse(error, error_size,
                          "bitcode is compiled without defense '%s'; compile it with the same "
                          "'-fmemsentry-defense=' again",
                          loader_defense(i)->name);
    }
    if (loader_options_hash())
        snprintf(options, sizeof options, "%016" PRIx64, loader_options_hash());
    const char *recorded = record_field(text, length, " options=");
    if (strcspn(recorded, " ") != strlen(options) ||
        strncmp(recorded, options, strlen(options)))
        return refuse(error, error_size,
                      "bitcode is compiled with other options of defenses; use the same "
                      "'-fmemsentry-defense-arg=' for both");
    return 0;
}

static LLVMValueRef padded_string(LLVMContextRef context, const char *text, size_t length)
{
    char bytes[RECORD_TEXT_MAX + 4] = {0};

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

    LLVMSetAlignment(add_constant(module, NOTE_SYMBOL, value, MEMSENTRY_NOTE_SECTION), 4);
}

static int finish_record(struct config *config, LLVMModuleRef module, LLVMValueRef text,
                         char *error, size_t error_size)
{
    struct config own = {0};
    static const char version[] = " version=" MEMSENTRY_VERSION;
    size_t length;
    const char *string = LLVMGetAsString(text, &length);

    /* The text ends in a zero byte, which counts. */
    if (length > RECORD_TEXT_MAX || length < sizeof version ||
        memcmp(string + length - sizeof version, version, sizeof version))
        return refuse(
            error, error_size,
            "bitcode of another version of MemSentry (%.*s); this is " MEMSENTRY_VERSION,
            (int)length, string);
    int result = loader_load(error, error_size);
    if (!result)
        result = add_defenses(&own, string, length, error, error_size);
    if (!result)
        result = check_loaded(&own, string, length, error, error_size);
    if (result < 0)
        return result;
    for (size_t d = 0; d < COUNT(own.defenses); d++) {
        if (own.defenses[d])
            config->defenses[d] = own.defenses[d];
    }
    emit(module, string, length - 1);
    return 0;
}

int note_finish(struct config *config, LLVMModuleRef module, char *error, size_t error_size)
{
    LLVMValueRef target = LLVMGetNamedGlobal(module, RECORD_TARGET);
    LLVMValueRef next;

    if (!target)
        return 0;
    for (LLVMValueRef g = LLVMGetFirstGlobal(module); g; g = next) {
        LLVMValueRef value = LLVMGetInitializer(g);
        bool is_record = value && LLVMIsAConstantStruct(value) &&
                         LLVMGetNumOperands(value) == 2 && LLVMGetOperand(value, 0) == target;
        if (is_record) {
            if (finish_record(config, module, LLVMGetOperand(value, 1), error, error_size) < 0)
                return -EINVAL;
            bridge_release(module, g);
        }
        next = LLVMGetNextGlobal(g);
        if (is_record)
            LLVMDeleteGlobal(g);
    }
    LLVMDeleteGlobal(target);
    return 0;
}

void note_refer_to_abi(LLVMModuleRef module)
{
    if (!LLVMGetNamedGlobal(module, ABI_REFERENCE))
        add_constant(module, ABI_REFERENCE, external_symbol(module, MEMSENTRY_ABI_SYMBOL),
                     REFERENCE_SECTION);
}
