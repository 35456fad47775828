/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Notes: what their text says, and how they are found in a segment. */
#include <criterion/criterion.h>
#include <elf.h>
#include <string.h>

#include "memsentry/abi.h"
#include "notes.h"

#define TEXT(rest) "abi=1 backend=sfi mode=w defenses=- compiler=22.1.8 version=0.1.0" rest

static bool parse(const char *text, struct note *note)
{
    return note_parse(text, strlen(text), note);
}

Test(notes, text)
{
    struct note note;
    cr_assert(parse(TEXT(""), &note));
    cr_assert_str_eq(note.backend, "sfi");
    cr_assert(note.writes && !note.reads && !note.preserve);
    cr_assert(parse("abi=1 backend=mpk mode=rw defenses=- gates=preserve compiler=1", &note));
    cr_assert_str_eq(note.backend, "mpk");
    cr_assert(note.writes && note.reads && note.preserve);
    cr_assert(parse("mode=r backend=b abi=1", &note));
    cr_assert(!note.writes && note.reads);
    /* Fields of a later version do no harm. */
    cr_assert(parse(TEXT(" colour=blue"), &note));
}

Test(notes, bad_text)
{
    static const char *const bad[] = {
        "",
        "abi=1",
        "abi=1 backend=sfi",
        "abi=1 backend=sfi mode=x",
        "abi=1 backend=sfi mode=",
        "abi=1 backend= mode=w",
        "abi=2 backend=sfi mode=w",
        "abi= backend=sfi mode=w",
        "abi=1x backend=sfi mode=w",
        "abi=4294967297 backend=sfi mode=w",
        "abi=1 backend=a-name-of-16-char mode=w",
        "abi=1 backend=mpk mode=w gates=other",
        "xabi=1 backend=sfi mode=w",
    };
    struct note note;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_assert(!parse(bad[i], &note), "%s", bad[i]);
    /* The length is what counts. */
    cr_assert(!note_parse(TEXT(""), 10, &note));
}

static unsigned char segment[512];
static size_t end;

static void add(unsigned type, const char *name, const char *text, size_t alignment)
{
    const Elf64_Nhdr header = {.n_type = type,
                               .n_namesz = (unsigned)strlen(name) + 1,
                               .n_descsz = (unsigned)strlen(text) + 1};
    memcpy(segment + end, &header, sizeof header);
    end += sizeof header;
    memcpy(segment + end, name, header.n_namesz);
    end = (end + header.n_namesz + alignment - 1) & -alignment;
    memcpy(segment + end, text, header.n_descsz);
    end = (end + header.n_descsz + alignment - 1) & -alignment;
}

static char seen[64];

static bool see(const char *text, size_t length, void *closure)
{
    strncat(seen, text, length);
    return closure == NULL;
}

static void fill(size_t alignment)
{
    end = 0;
    seen[0] = '\0';
    add(3, "GNU", "build", alignment);
    add(MEMSENTRY_NOTE_TYPE, MEMSENTRY_NOTE_NAME, "first", alignment);
    add(MEMSENTRY_NOTE_TYPE, "MemSentri", "other", alignment);
    add(MEMSENTRY_NOTE_TYPE + 1, MEMSENTRY_NOTE_NAME, "type", alignment);
    add(MEMSENTRY_NOTE_TYPE, MEMSENTRY_NOTE_NAME, "+second", alignment);
}

Test(notes, segment)
{
    fill(4);
    cr_assert(notes_visit(segment, end, see, NULL));
    cr_assert_str_eq(seen, "first+second");
    fill(8);
    cr_assert(notes_visit(segment, end, see, NULL));
    cr_assert_str_eq(seen, "first+second");
    /* As mold puts them. */
    end = 0;
    seen[0] = '\0';
    add(5, "GNU", "property", 8);
    add(3, "GNU", "nineteen bytes long", 4);
    add(MEMSENTRY_NOTE_TYPE, MEMSENTRY_NOTE_NAME, "first", 4);
    add(MEMSENTRY_NOTE_TYPE, MEMSENTRY_NOTE_NAME, "+second", 4);
    cr_assert(notes_visit(segment, end, see, NULL));
    cr_assert_str_eq(seen, "first+second");
    seen[0] = '\0';
    cr_assert(!notes_visit(segment, end, see, segment));
    cr_assert_str_eq(seen, "first");
}

Test(notes, cut_segment)
{
    /* Wherever it ends, nothing behind it is read: seen under the sanitizers. */
    fill(4);
    for (size_t size = 0; size < end; size++) {
        unsigned char *copy = malloc(size != 0 ? size : 1);
        memcpy(copy, segment, size);
        seen[0] = '\0';
        cr_assert(notes_visit(copy, size, see, NULL));
        cr_assert_leq(strlen(seen), strlen("first+second"));
        free(copy);
    }
    const Elf64_Nhdr wild = {.n_type = 1, .n_namesz = UINT32_MAX, .n_descsz = UINT32_MAX};
    memcpy(segment, &wild, sizeof wild);
    cr_assert(notes_visit(segment, sizeof segment, see, NULL));
}
