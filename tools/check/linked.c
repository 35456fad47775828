/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Reads headers, the dynamic table and the table of symbols of a linked file. */
#include "linked.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <string.h>
#include <unistd.h>

#include "memsentry-runtime.h"
#include "memsentry/abi.h"
#include "tables.h"

#define RUNTIME_NAME "libmemsentry_rt.so."

struct linked {
    struct pool *pool;
    struct module *module;
    Elf *elf;
    bool fixed; /* ET_EXEC */
    bool has_interpreter;
    bool has_name;
    bool is_pie;
    bool needs_runtime;
    bool is_runtime;
    bool has_relro;
    bool has_symbols;
    bool has_runtime; /* among the symbols */
    size_t units;
    size_t own_units;
};

static void read_entry(struct linked *linked, const GElf_Dyn *entry, size_t strings)
{
    const char *name;

    switch (entry->d_tag) {
    case DT_NEEDED:
        name = elf_strptr(linked->elf, strings, entry->d_un.d_val);
        linked->needs_runtime |= name != NULL && starts_with(name, RUNTIME_NAME);
        break;
    case DT_SONAME:
        name = elf_strptr(linked->elf, strings, entry->d_un.d_val);
        linked->has_name = true;
        linked->is_runtime = name != NULL && starts_with(name, RUNTIME_NAME);
        break;
    case DT_BIND_NOW:
        linked->module->bind_now = true;
        break;
    case DT_FLAGS:
        linked->module->bind_now |= (entry->d_un.d_val & DF_BIND_NOW) != 0;
        break;
    case DT_FLAGS_1:
        linked->module->bind_now |= (entry->d_un.d_val & DF_1_NOW) != 0;
        linked->is_pie = (entry->d_un.d_val & DF_1_PIE) != 0;
        break;
    default:
        break;
    }
}

static void read_dynamic(struct linked *linked, Elf_Scn *section, const GElf_Shdr *header)
{
    Elf_Data *data = elf_getdata(section, NULL);
    GElf_Dyn entry;

    for (int i = 0; data != NULL && gelf_getdyn(data, i, &entry) != NULL; i++)
        read_entry(linked, &entry, header->sh_link);
}

/* What belongs to no object of the user's. */
static bool is_start_file(const char *file)
{
    size_t length = strlen(file);

    return length == 0 || strcmp(file, "crtstuff.c") == 0 ||
           (length >= strlen("crt1.o") &&
            strcmp(file + length - strlen("crt1.o"), "crt1.o") == 0);
}

/* Each object of a compiler has a symbol with the name of its source, unless it was stripped.
 */
static void read_symbols(struct linked *linked, Elf_Scn *section, const GElf_Shdr *header)
{
    Elf_Data *data = elf_getdata(section, NULL);
    GElf_Sym symbol;

    linked->has_symbols = true;
    for (int i = 0; data != NULL && gelf_getsym(data, i, &symbol) != NULL; i++) {
        const char *name = elf_strptr(linked->elf, header->sh_link, symbol.st_name);

        if (name == NULL)
            continue;
        if (GELF_ST_TYPE(symbol.st_info) == STT_FILE) {
            linked->units += !is_start_file(name);
        } else if (symbol.st_shndx != SHN_UNDEF) {
            linked->has_runtime |= strcmp(name, MEMSENTRY_ABI_SYMBOL) == 0;
            linked->own_units += strcmp(name, MEMSENTRY_DEFENSE_RUNTIME_SYMBOL) == 0;
            /* What the driver itself links in. */
            for (size_t j = 0; j < DEFENSES; j++)
                linked->own_units +=
                    strcmp(name, pool_format(linked->pool, "__memsentry_%s", defenses[j].id)) ==
                        0 ||
                    strcmp(name, pool_format(linked->pool, "__memsentry_%s_library",
                                             defenses[j].id)) == 0;
        }
    }
}

static void read_segments(struct linked *linked)
{
    GElf_Phdr segment;

    for (int i = 0; gelf_getphdr(linked->elf, i, &segment) != NULL; i++) {
        linked->has_interpreter |= segment.p_type == PT_INTERP;
        linked->has_relro |= segment.p_type == PT_GNU_RELRO;
    }
}

static void read_sections(struct linked *linked)
{
    Elf_Scn *section = NULL;
    GElf_Shdr header;

    while ((section = elf_nextscn(linked->elf, section)) != NULL) {
        if (gelf_getshdr(section, &header) == NULL)
            continue;
        if (header.sh_type == SHT_DYNAMIC)
            read_dynamic(linked, section, &header);
        if (header.sh_type == SHT_SYMTAB)
            read_symbols(linked, section, &header);
    }
}

static void conclude(const struct linked *linked)
{
    struct module *module = linked->module;
    size_t expected = module->instrumented + linked->own_units;
    bool program =
        linked->fixed || linked->is_pie || (linked->has_interpreter && !linked->has_name);

    module->kind = program ? MODULE_PROGRAM : MODULE_LIBRARY;
    module->position_independent = !linked->fixed;
    module->relro = !linked->has_relro ? RELRO_NONE
                    : module->bind_now ? RELRO_FULL
                                       : RELRO_PARTIAL;
    module->units_known = linked->has_symbols;
    module->uninstrumented = linked->units > expected ? linked->units - expected : 0;
    if (linked->is_runtime)
        module->runtime = RUNTIME_SELF;
    else if (linked->needs_runtime)
        module->runtime = RUNTIME_SHARED;
    else if (linked->has_runtime)
        module->runtime = RUNTIME_STATIC;
    else if (program && !linked->has_interpreter && !linked->has_symbols)
        module->runtime = RUNTIME_UNKNOWN;
    else
        module->runtime = RUNTIME_NONE;
}

int linked_read(struct pool *pool, const char *path, struct module *module)
{
    struct linked linked = {.pool = pool, .module = module};
    int file = open(path, O_RDONLY | O_CLOEXEC);
    int result = -ENOEXEC;
    GElf_Ehdr header;

    if (file < 0)
        return -errno;
    elf_version(EV_CURRENT);
    linked.elf = elf_begin(file, ELF_C_READ, NULL);
    if (linked.elf != NULL && gelf_getehdr(linked.elf, &header) != NULL) {
        linked.fixed = header.e_type == ET_EXEC;
        read_segments(&linked);
        read_sections(&linked);
        conclude(&linked);
        result = pool->error;
    }
    elf_end(linked.elf);
    close(file);
    return result;
}
