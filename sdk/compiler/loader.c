/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Loads defenses; see loader.h. */
#include "loader.h"

#include <ctype.h>
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <memsentry-pass.h>

#include "bridge/bridge.h"
#include "config.h"

/* Written once, by load(). */
static struct {
    const struct memsentry_defense *defenses[LOADER_MAX];
    size_t count;
    int result;
    char error[512];
} loaded;

__attribute__((format(printf, 2, 3))) static int fail(int result, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(loaded.error, sizeof loaded.error, format, arguments);
    va_end(arguments);
    return result;
}

/*
 * The functions of memsentry-pass.h become visible to what is loaded next, whichever way this
 * plugin itself was loaded.
 */
static void publish_functions(void)
{
    Dl_info self;

    if (dladdr(&loaded, &self))
        dlopen(self.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_GLOBAL);
}

static const struct memsentry_defense *find(const char *name, size_t length)
{
    for (size_t i = 0; i < loaded.count; i++) {
        const struct memsentry_defense *defense = loaded.defenses[i];
        if (strlen(defense->name) == length && !memcmp(defense->name, name, length))
            return defense;
    }
    return NULL;
}

static bool is_name(const char name[MEMSENTRY_DEFENSE_NAME_SIZE])
{
    size_t length = strnlen(name, MEMSENTRY_DEFENSE_NAME_SIZE);

    for (size_t i = 0; i < length; i++) {
        if (!islower((unsigned char)name[i]) && !isdigit((unsigned char)name[i]) &&
            (name[i] != '-' || i == 0))
            return false;
    }
    return length != 0 && length < MEMSENTRY_DEFENSE_NAME_SIZE;
}

static int check(const char *file, const struct memsentry_defense *defense)
{
    if (defense->version != MEMSENTRY_PASS_VERSION)
        return fail(-EINVAL,
                    "defense '%s' is compiled for interface %u and LLVM %u, this is interface "
                    "%d and LLVM %d; compile it again with the headers of this MemSentry",
                    file, defense->version / 1000, defense->version % 1000,
                    MEMSENTRY_PASS_INTERFACE, LLVM_VERSION_MAJOR);
    if (!is_name(defense->name))
        return fail(-EINVAL,
                    "defense '%s' has no proper name; names are lower-case letters, digits "
                    "and hyphens",
                    file);
    if (config_is_prebuilt(defense->name) || find(defense->name, strlen(defense->name)))
        return fail(-EEXIST, "defense '%s' of '%s' is there already", defense->name, file);
    if (!defense->run)
        return fail(-EINVAL, "defense '%s' of '%s' has no run function", defense->name, file);
    return 0;
}

static int load_file(const char *file)
{
    char *path;

    if (loaded.count == LOADER_MAX)
        return fail(-E2BIG, "more than %d defenses of other authors", LOADER_MAX);
    /* A mere name would be looked for in the directories of libraries. */
    if (asprintf(&path, "%s%s", strchr(file, '/') ? "" : "./", file) < 0)
        return fail(-ENOMEM, "cannot load defense '%s': %s", file, strerror(ENOMEM));
    void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    free(path);
    if (!object)
        return fail(-ENOEXEC, "cannot load defense '%s': %s", file, dlerror());
    const struct memsentry_defense *defense = dlsym(object, MEMSENTRY_DEFENSE_SYMBOL);
    if (!defense)
        return fail(-EINVAL,
                    "'%s' is no defense: it does not define '" MEMSENTRY_DEFENSE_SYMBOL
                    "', see memsentry-pass.h",
                    file);
    int result = check(file, defense);
    if (!result)
        loaded.defenses[loaded.count++] = defense;
    return result;
}

static bool has_key(const struct memsentry_defense *defense, const char *key, size_t length)
{
    for (size_t i = 0; defense->options && defense->options[i]; i++) {
        if (strlen(defense->options[i]) == length && !memcmp(defense->options[i], key, length))
            return true;
    }
    return false;
}

static int refuse_key(const struct memsentry_defense *defense, const char *key, size_t length)
{
    char list[256] = "";

    for (size_t i = 0; defense->options && defense->options[i]; i++) {
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", used ? ", " : "",
                 defense->options[i]);
    }
    if (!*list)
        return fail(-EINVAL, "defense '%s' has no options, so no '%.*s'", defense->name,
                    (int)length, key);
    return fail(-EINVAL, "defense '%s' has no option '%.*s'; it has: %s", defense->name,
                (int)length, key, list);
}

static int check_argument(const char *argument)
{
    const char *key = strchr(argument, ':');
    const char *value = key ? strchr(key, '=') : NULL;

    if (!value || key == argument || value == key + 1)
        return fail(-EINVAL,
                    "invalid value '%s' in '-memsentry-defense-arg='; write NAME:KEY=VALUE",
                    argument);
    const struct memsentry_defense *defense = find(argument, (size_t)(key - argument));
    if (!defense)
        return fail(-EINVAL,
                    "invalid value '%s' in '-memsentry-defense-arg='; no defense '%.*s' is "
                    "loaded",
                    argument, (int)(key - argument), argument);
    key++;
    if (!has_key(defense, key, (size_t)(value - key)))
        return refuse_key(defense, key, (size_t)(value - key));
    return 0;
}

static void load(void)
{
    if (bridge_option_defense_file_count())
        publish_functions();
    for (size_t i = 0; !loaded.result && i < bridge_option_defense_file_count(); i++)
        loaded.result = load_file(bridge_option_defense_file(i));
    for (size_t i = 0; !loaded.result && i < bridge_option_defense_arg_count(); i++)
        loaded.result = check_argument(bridge_option_defense_arg(i));
    if (loaded.result)
        loaded.count = 0;
}

int loader_load(char *error, size_t error_size)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, load);
    if (loaded.result)
        snprintf(error, error_size, "%s", loaded.error);
    return loaded.result;
}

size_t loader_count(void)
{
    return loaded.count;
}

const struct memsentry_defense *loader_defense(size_t index)
{
    return loaded.defenses[index];
}

uint64_t loader_options_hash(void)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    if (!bridge_option_defense_arg_count())
        return 0;
    /* FNV-1a, over the zero bytes at the ends too. */
    for (size_t i = 0; i < bridge_option_defense_arg_count(); i++) {
        const char *byte = bridge_option_defense_arg(i);
        do
            hash = (hash ^ (unsigned char)*byte) * UINT64_C(0x100000001b3);
        while (*byte++);
    }
    return hash;
}

const char *memsentry_option(const struct memsentry_defense *defense, const char *key)
{
    size_t name = strlen(defense->name), length = strlen(key);
    const char *value = NULL;

    for (size_t i = 0; i < bridge_option_defense_arg_count(); i++) {
        const char *argument = bridge_option_defense_arg(i);
        if (!strncmp(argument, defense->name, name) && argument[name] == ':' &&
            !strncmp(argument + name + 1, key, length) && argument[name + 1 + length] == '=')
            value = argument + name + 1 + length + 1;
    }
    return value;
}
