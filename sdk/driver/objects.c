/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Reads objects, archives of them and shared libraries. Archives are read here and not by
 * libelf, which knows no thin ones.
 */
#include "objects.h"

#include <ar.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memsentry/abi.h"

#define THIN_MAGIC "!<thin>\n"

struct image {
    const char *bytes;
    size_t size;
};

struct visit {
    struct pool *pool;
    object_visitor *call;
    void *context;
};

/* An empty file has no bytes. */
static int map_file(const char *path, struct image *image)
{
    struct stat status;
    int result = 0;
    int file;

    *image = (struct image){0};
    /* Before it is opened: what goes through a pipe is for the linker alone. */
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode))
        return 0;
    file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return -errno;
    if (fstat(file, &status) != 0)
        result = -errno;
    else if (S_ISREG(status.st_mode) && status.st_size != 0) {
        void *bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, file, 0);

        if (bytes == MAP_FAILED)
            result = -errno;
        else
            *image = (struct image){bytes, (size_t)status.st_size};
    }
    close(file);
    return result;
}

static void unmap_file(const struct image *image)
{
    if (image->bytes != NULL)
        munmap((void *)image->bytes, image->size);
}

static void read_notes(struct pool *pool, Elf_Data *data, struct strings *notes)
{
    size_t name, descriptor;
    size_t offset = 0;
    GElf_Nhdr note;

    if (data == NULL)
        return;
    while ((offset = gelf_getnote(data, offset, &note, &name, &descriptor)) != 0) {
        const char *bytes = data->d_buf;

        if (note.n_type != MEMSENTRY_NOTE_TYPE || note.n_namesz != sizeof MEMSENTRY_NOTE_NAME ||
            memcmp(bytes + name, MEMSENTRY_NOTE_NAME, sizeof MEMSENTRY_NOTE_NAME) != 0)
            continue;
        strings_push(
            pool, notes,
            pool_copy(pool, bytes + descriptor, strnlen(bytes + descriptor, note.n_descsz)));
    }
}

static void read_sections(struct pool *pool, Elf *elf, struct object *object)
{
    Elf_Scn *section = NULL;
    size_t names;

    if (elf_getshdrstrndx(elf, &names) != 0)
        return;
    while ((section = elf_nextscn(elf, section)) != NULL) {
        GElf_Shdr header;
        const char *name;

        if (gelf_getshdr(section, &header) == NULL)
            continue;
        if ((header.sh_flags & SHF_EXECINSTR) != 0 && header.sh_size != 0)
            object->has_code = true;
        name = elf_strptr(elf, names, header.sh_name);
        if (object->kind == OBJECT_RELOCATABLE && name != NULL &&
            strcmp(name, MEMSENTRY_NOTE_SECTION) == 0)
            read_notes(pool,
                       elf_getdata_rawchunk(elf, (int64_t)header.sh_offset, header.sh_size,
                                            ELF_T_NHDR),
                       &object->notes);
    }
}

/* A linked file may have lost its sections. */
static void read_segments(struct pool *pool, Elf *elf, struct object *object)
{
    size_t count;

    if (elf_getphdrnum(elf, &count) != 0)
        return;
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr segment;

        if (gelf_getphdr(elf, (int)i, &segment) == NULL)
            continue;
        if (segment.p_type == PT_LOAD && (segment.p_flags & PF_X) != 0)
            object->has_code = true;
        if (segment.p_type == PT_NOTE)
            read_notes(pool,
                       elf_getdata_rawchunk(elf, (int64_t)segment.p_offset, segment.p_filesz,
                                            segment.p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR),
                       &object->notes);
    }
}

static void visit_elf(const struct visit *visit, struct object *object,
                      const struct image *image)
{
    /* libelf wants to write to nothing, but takes no const. */
    Elf *elf = elf_memory((char *)image->bytes, image->size);
    GElf_Ehdr header;

    if (elf == NULL || gelf_getehdr(elf, &header) == NULL) {
        elf_end(elf);
        return;
    }
    if (header.e_type == ET_REL) {
        object->kind = OBJECT_RELOCATABLE;
        read_sections(visit->pool, elf, object);
    } else {
        object->kind = OBJECT_LINKED;
        read_segments(visit->pool, elf, object);
    }
    elf_end(elf);
    visit->call(visit->context, object);
}

static bool has_magic(const struct image *image, const char *magic, size_t length)
{
    return image->size >= length && memcmp(image->bytes, magic, length) == 0;
}

static void visit_image(const struct visit *visit, const char *path, const char *member,
                        const struct image *image)
{
    struct object object = {.path = path, .member = member};

    if (has_magic(image, ELFMAG, SELFMAG)) {
        visit_elf(visit, &object, image);
    } else if (has_magic(image, "BC\xc0\xde", 4) || has_magic(image, "\xde\xc0\x17\x0b", 4)) {
        object.kind = OBJECT_BITCODE;
        object.has_code = true;
        visit->call(visit->context, &object);
    }
}

/* The name of a member: "name/", or "/offset" into the table of long names. */
static const char *member_name(struct pool *pool, const struct ar_hdr *header,
                               const struct image *names)
{
    size_t offset;
    const char *end;

    if (header->ar_name[0] != '/') {
        end = memchr(header->ar_name, '/', sizeof header->ar_name);
        return end == NULL ? NULL
                           : pool_copy(pool, header->ar_name, (size_t)(end - header->ar_name));
    }
    offset = strtoul(header->ar_name + 1, NULL, 10);
    if (offset >= names->size)
        return NULL;
    end = memchr(names->bytes + offset, '\n', names->size - offset);
    if (end == NULL || end == names->bytes + offset)
        return NULL;
    return pool_copy(pool, names->bytes + offset,
                     (size_t)(end - (names->bytes + offset)) - (end[-1] == '/'));
}

/* A member of a thin archive is a file; its path is relative to the archive's. */
static int visit_thin_member(const struct visit *visit, const char *archive, const char *member)
{
    const char *slash = strrchr(archive, '/');
    const char *path =
        member[0] == '/' || slash == NULL
            ? member
            : pool_format(visit->pool, "%.*s/%s", (int)(slash - archive), archive, member);
    struct image image;
    int result = map_file(path, &image);

    if (result == 0)
        visit_image(visit, archive, member, &image);
    unmap_file(&image);
    return result;
}

static int visit_archive(const struct visit *visit, const char *path, const struct image *image,
                         bool thin)
{
    struct image names = {0};
    size_t offset = SARMAG;
    int result = 0;

    while (result == 0 && offset + sizeof(struct ar_hdr) <= image->size) {
        struct ar_hdr header;
        struct image member;
        const char *name;
        bool special;

        memcpy(&header, image->bytes + offset, sizeof header);
        /* It also ends the numbers that come before it. */
        if (memcmp(header.ar_fmag, ARFMAG, sizeof header.ar_fmag) != 0)
            return 0;
        offset += sizeof header;
        member = (struct image){image->bytes + offset, strtoul(header.ar_size, NULL, 10)};
        /* "/" is the table of symbols, "//" that of long names. */
        special = header.ar_name[0] == '/' && strchr("0123456789", header.ar_name[1]) == NULL;
        if (!thin || special) {
            if (member.size > image->size - offset)
                return 0;
            offset += member.size + member.size % 2;
        }
        if (special) {
            if (header.ar_name[1] == '/')
                names = member;
            continue;
        }
        name = member_name(visit->pool, &header, &names);
        if (name == NULL)
            return 0;
        if (thin)
            result = visit_thin_member(visit, path, name);
        else
            visit_image(visit, path, name, &member);
    }
    return result;
}

int objects_visit(struct pool *pool, const char *path, object_visitor *visit, void *context)
{
    const struct visit call = {pool, visit, context};
    struct image image;
    int result = map_file(path, &image);

    elf_version(EV_CURRENT);
    if (result != 0)
        return result;
    if (has_magic(&image, ARMAG, SARMAG))
        result = visit_archive(&call, path, &image, false);
    else if (has_magic(&image, THIN_MAGIC, SARMAG))
        result = visit_archive(&call, path, &image, true);
    else
        visit_image(&call, path, NULL, &image);
    unmap_file(&image);
    return result != 0 ? result : pool->error;
}

const char *object_name(struct pool *pool, const struct object *object)
{
    if (object->member == NULL)
        return object->path;
    return pool_format(pool, "%s(%s)", object->path, object->member);
}
