/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Selects the backend; see select.h. */
#include "select.h"

#include <elf.h>
#include <link.h>
#include <string.h>
#include <sys/auxv.h>

#include "backends/backend.h"
#include "die.h"
#include "notes.h"

/* An object that is looked at, and what was found before. */
struct search {
    struct note note;
    const struct backend *backend; /* NULL until there is a note */
    const char *object;            /* name of the object, NULL: the executable */
    const char *origin;            /* and of the one that the note above is of */
    /* What else an object must have to be looked at, 0: nothing. */
    uint64_t inside;
};

static void put_object(struct text *text, const char *object)
{
    if (object == NULL) {
        text_put(text, "the program");
        return;
    }
    text_put(text, "the library ");
    text_put(text, object);
}

static void put_note(struct text *text, const struct note *note)
{
    text_put(text, "'-fmemsentry=");
    text_put(text, note->backend);
    text_put(text, " -fmemsentry-rw=");
    text_put(text, note->reads ? "r" : "");
    text_put(text, note->writes ? "w" : "");
    text_put(text, note->preserve ? " -fmemsentry-mpk-preserve'" : "'");
}

static _Noreturn void refuse_text(const struct search *search, const char *what, size_t length)
{
    struct text text = {0};
    text_put(&text, "memsentry: error: ");
    put_object(&text, search->object);
    text_put(&text, " has a note that this runtime cannot read: '");
    text_put_bytes(&text, what, length < 256 ? length : 256);
    text_put(&text, "'; build it and the runtime with one version of MemSentry");
    refuse(&text);
}

static _Noreturn void refuse_backend(const struct search *search, const char *name, bool known)
{
    struct text text = {0};
    text_put(&text, "memsentry: error: ");
    put_object(&text, search->object);
    text_put(&text, " is built with '-fmemsentry=");
    text_put(&text, name);
    text_put(&text, known ? "', which this runtime does not contain"
                          : "', which this runtime does not know");
    text_put(&text, "; build it and the runtime with one version of MemSentry");
    refuse(&text);
}

static _Noreturn void refuse_mixture(const struct search *search, const struct note *note)
{
    struct text text = {0};
    text_put(&text, "memsentry: error: ");
    put_object(&text, search->object);
    text_put(&text, " is built with ");
    put_note(&text, note);
    text_put(&text, ", ");
    put_object(&text, search->origin);
    text_put(&text, search->object == search->origin ? " also with " : " with ");
    put_note(&text, &search->note);
    text_put(&text, "; use the same options for both");
    refuse(&text);
}

/* What a closed domain denies, and which rights a gate gives, all code of a process shares. */
static bool agree(const struct search *search, const struct note *note)
{
    const struct note *first = &search->note;
    if (strcmp(note->backend, first->backend) != 0)
        return false;
    if (search->backend->kind != BACKEND_DOMAIN && search->object != search->origin)
        return true;
    return note->reads == first->reads && note->writes == first->writes &&
           note->preserve == first->preserve;
}

static bool look_at_note(const char *text, size_t length, void *closure)
{
    struct search *search = closure;
    struct note note;
    bool known;
    if (!note_parse(text, length, &note))
        refuse_text(search, text, length);
    const struct backend *backend = backend_find(note.backend, &known);
    if (backend == NULL)
        refuse_backend(search, note.backend, known);
    if (search->backend == NULL) {
        search->backend = backend;
        search->note = note;
        search->origin = search->object;
    } else if (!agree(search, &note)) {
        refuse_mixture(search, &note);
    }
    return true;
}

static void look_at(struct search *search, uint64_t base, const Elf64_Phdr *segments,
                    size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (segments[i].p_type == PT_NOTE)
            (void)notes_visit((const void *)(base + segments[i].p_vaddr), segments[i].p_memsz,
                              look_at_note, search);
}

/* From the kernel's word: a static executable's libc may not know its segments yet. */
static void look_at_program(struct search *search)
{
    const uint64_t at = getauxval(AT_PHDR);
    const Elf64_Phdr *segments = (const Elf64_Phdr *)at;
    const size_t count = getauxval(AT_PHNUM);
    for (size_t i = 0; i < count; i++) {
        /* Static executables have no PT_PHDR; the segment that starts the file has them. */
        const uint64_t offset = segments[i].p_type == PT_PHDR ? 0
                                : segments[i].p_type == PT_LOAD && segments[i].p_offset == 0
                                    ? sizeof(Elf64_Ehdr)
                                    : UINT64_MAX;
        if (offset != UINT64_MAX) {
            look_at(search, at - offset - segments[i].p_vaddr, segments, count);
            return;
        }
    }
    die("the program's segments cannot be found");
}

#ifndef MEMSENTRY_STATIC
static bool contains(const struct dl_phdr_info *info, uint64_t address)
{
    for (int i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_LOAD &&
            address - (info->dlpi_addr + info->dlpi_phdr[i].p_vaddr) <
                info->dlpi_phdr[i].p_memsz)
            return true;
    return false;
}

static int look_at_library(struct dl_phdr_info *info, size_t size, void *closure)
{
    struct search *search = closure;
    (void)size;
    /* The executable has no name here. */
    const bool wanted = search->inside != 0 ? contains(info, search->inside)
                                            : info->dlpi_name != NULL && *info->dlpi_name;
    if (!wanted)
        return 0;
    search->object = info->dlpi_name;
    look_at(search, info->dlpi_addr, info->dlpi_phdr, info->dlpi_phnum);
    return 0;
}

void select_check_library(const void *inside)
{
    struct search search = {
        .backend = CONFIG->backend,
        .note = {.reads = CONFIG->reads,
                 .writes = CONFIG->writes,
                 .preserve = CONFIG->gates_preserve},
        .inside = (uint64_t)inside,
    };
    strncpy(search.note.backend, CONFIG->backend->name, sizeof search.note.backend - 1);
    dl_iterate_phdr(look_at_library, &search);
}
#endif

void select_backend(struct config *config)
{
    struct search search = {.backend = NULL};
    look_at_program(&search);
#ifndef MEMSENTRY_STATIC
    dl_iterate_phdr(look_at_library, &search);
#endif
    /* Where nothing is instrumented, nothing is confined either. */
    config->backend = search.backend != NULL ? search.backend : backend_default();
    config->reads = search.note.reads;
    config->writes = search.note.writes;
    config->gates_preserve = search.note.preserve;
}
