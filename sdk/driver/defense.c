/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Reads who a defense is from its file; see struct memsentry_defense of memsentry-pass.h. */
#include "defense.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memsentry/abi.h"
#include "nearest.h"

/* How struct memsentry_defense begins. */
struct identity {
    uint32_t version;
    char name[MEMSENTRY_DEFENSE_NAME_SIZE];
};

static int fail(struct request *request, const char *message)
{
    request->error = message;
    return -EINVAL;
}

static bool is_shared_object(Elf *elf)
{
    GElf_Ehdr header;

    return gelf_getehdr(elf, &header) != NULL && header.e_ident[EI_CLASS] == ELFCLASS64 &&
           header.e_machine == EM_X86_64 && header.e_type == ET_DYN;
}

/* The bytes of a file that lie at an address. */
static const void *at_address(Elf *elf, uint64_t address, size_t size)
{
    size_t count;

    if (elf_getphdrnum(elf, &count) != 0)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr segment;
        Elf_Data *data;

        if (gelf_getphdr(elf, (int)i, &segment) == NULL || segment.p_type != PT_LOAD ||
            address < segment.p_vaddr || address - segment.p_vaddr > segment.p_filesz ||
            segment.p_filesz - (address - segment.p_vaddr) < size)
            continue;
        data = elf_getdata_rawchunk(
            elf, (int64_t)(segment.p_offset + (address - segment.p_vaddr)), size, ELF_T_BYTE);
        return data == NULL ? NULL : data->d_buf;
    }
    return NULL;
}

static bool find_identity(Elf *elf, struct identity *identity)
{
    Elf_Scn *section = NULL;

    while ((section = elf_nextscn(elf, section)) != NULL) {
        GElf_Shdr header;
        Elf_Data *data;
        GElf_Sym symbol;

        if (gelf_getshdr(section, &header) == NULL || header.sh_type != SHT_DYNSYM ||
            (data = elf_getdata(section, NULL)) == NULL)
            continue;
        for (int i = 0; gelf_getsym(data, i, &symbol) != NULL; i++) {
            const char *name = elf_strptr(elf, header.sh_link, symbol.st_name);
            const void *bytes;

            if (name == NULL || strcmp(name, MEMSENTRY_DEFENSE_SYMBOL) != 0 ||
                symbol.st_shndx == SHN_UNDEF || GELF_ST_TYPE(symbol.st_info) != STT_OBJECT)
                continue;
            bytes = at_address(elf, symbol.st_value, sizeof *identity);
            if (bytes == NULL)
                return false;
            memcpy(identity, bytes, sizeof *identity);
            return true;
        }
    }
    return false;
}

static bool is_name(const char *name)
{
    size_t length = strnlen(name, MEMSENTRY_DEFENSE_NAME_SIZE);

    return length != 0 && length < MEMSENTRY_DEFENSE_NAME_SIZE && name[0] != '-' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

static int check_identity(struct pool *pool, struct request *request, const char *file,
                          const struct identity *identity)
{
    const uint32_t wanted =
        MEMSENTRY_PASS_INTERFACE * 1000 + (uint32_t)atoi(MEMSENTRY_LLVM_MAJOR);

    if (identity->version != wanted)
        return fail(request,
                    pool_format(pool,
                                "'%s' is compiled for interface %u of MemSentry and LLVM %u, "
                                "this is interface %u and LLVM %u; compile it again with the "
                                "headers of this installation",
                                file, identity->version / 1000, identity->version % 1000,
                                wanted / 1000, wanted % 1000));
    if (!is_name(identity->name))
        return fail(request, pool_format(pool,
                                         "'%s' has no proper name; the name of a defense is "
                                         "lower-case letters, digits and hyphens",
                                         file));
    if (defense_is_prebuilt(identity->name))
        return fail(request, pool_format(pool, "'%s' has the name of a prebuilt defense, '%s'",
                                         file, identity->name));
    for (size_t i = 0; i < request->defense_names.count; i++)
        if (strcmp(identity->name, request->defense_names.items[i]) == 0)
            return fail(request,
                        pool_format(pool, "'%s' and '%s' are both defense '%s'",
                                    request->defense_files.items[i], file, identity->name));
    return 0;
}

static int read_defense(struct pool *pool, struct request *request, const char *file)
{
    int descriptor = open(file, O_RDONLY | O_CLOEXEC);
    struct identity identity;
    int result = 0;
    Elf *elf;

    if (descriptor < 0)
        return fail(request,
                    pool_format(pool, "cannot read defense '%s': %s", file, strerror(errno)));
    elf_version(EV_CURRENT);
    elf = elf_begin(descriptor, ELF_C_READ, NULL);
    if (elf == NULL || !is_shared_object(elf))
        result = fail(request, pool_format(pool,
                                           "'%s' is no shared object for x86-64; link the "
                                           "defense with '-shared'",
                                           file));
    else if (!find_identity(elf, &identity))
        result =
            fail(request, pool_format(pool,
                                      "'%s' is no defense: it does not define "
                                      "'" MEMSENTRY_DEFENSE_SYMBOL "', see memsentry-pass.h",
                                      file));
    else
        result = check_identity(pool, request, file, &identity);
    if (result == 0)
        strings_push(pool, &request->defense_names,
                     pool_copy(pool, identity.name, strlen(identity.name)));
    elf_end(elf);
    close(descriptor);
    return result;
}

/* The keys are the defense's own business, which the plugin asks it about. */
static int check_argument(struct pool *pool, struct request *request, const char *argument)
{
    const struct strings *names = &request->defense_names;
    const char *rest = strchr(argument, ':');
    const char *name = pool_copy(pool, argument, rest == NULL ? 0 : (size_t)(rest - argument));
    const char *near;

    if (rest == NULL || rest == argument || strchr(rest, '=') == NULL || rest[1] == '=')
        return fail(request, pool_format(pool,
                                         "invalid value '%s' in '-fmemsentry-defense-arg=%s'; "
                                         "write NAME:KEY=VALUE",
                                         argument, argument));
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(name, names->items[i]) == 0)
            return 0;
    near = nearest(name, names->items, names->count);
    if (near != NULL)
        return fail(request, pool_format(pool,
                                         "no defense '%s' for '-fmemsentry-defense-arg=%s'; "
                                         "did you mean '%s%s'?",
                                         name, argument, near, rest));
    return fail(request, pool_format(pool,
                                     "no defense '%s' for '-fmemsentry-defense-arg=%s'; load "
                                     "it with '-fmemsentry-defense='",
                                     name, argument));
}

int defenses_read(struct pool *pool, struct request *request)
{
    int result = 0;

    for (size_t i = 0; i < request->defense_files.count && result == 0; i++)
        result = read_defense(pool, request, request->defense_files.items[i]);
    for (size_t i = 0; i < request->defense_arguments.count && result == 0; i++)
        result = check_argument(pool, request, request->defense_arguments.items[i]);
    return result != 0 ? result : pool->error;
}

const char *defense_runtime(struct pool *pool, const char *file)
{
    size_t length = strlen(file);
    const char *archive;

    if (length < 3 || strcmp(file + length - 3, ".so") != 0)
        return NULL;
    archive = pool_format(pool, "%s_rt.a", pool_copy(pool, file, length - 3));
    return access(archive, R_OK) == 0 ? archive : NULL;
}
