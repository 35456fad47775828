/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Reads notes; see notes.h. */
#include "notes.h"

#include <assert.h>
#include <elf.h>
#include <string.h>

#include "memsentry/abi.h"
#include "text.h"

/* The value of the field `key` ("mode=") among those that blanks separate; NULL: there is none.
 */
static const char *field(const char *text, size_t length, const char *key, size_t *size)
{
    const size_t key_length = strlen(key);
    for (size_t at = 0; at < length;) {
        const char *blank = memchr(text + at, ' ', length - at);
        const size_t end = blank != NULL ? (size_t)(blank - text) : length;
        if (end - at >= key_length && memcmp(text + at, key, key_length) == 0) {
            *size = end - at - key_length;
            return text + at + key_length;
        }
        at = end + 1;
    }
    return NULL;
}

static bool parse_abi(const char *value, size_t size)
{
    uint32_t number = 0;
    for (size_t i = 0; i < size; i++) {
        if (value[i] < '0' || value[i] > '9' || i == 6)
            return false;
        number = number * 10 + (uint32_t)(value[i] - '0');
    }
    return size != 0 && number == MEMSENTRY_ABI_VERSION;
}

bool note_parse(const char *text, size_t length, struct note *note)
{
    size_t size;
    *note = (struct note){.writes = false};
    const char *value = field(text, length, "abi=", &size);
    if (value == NULL || !parse_abi(value, size))
        return false;
    value = field(text, length, "backend=", &size);
    if (value == NULL || size == 0 || size >= sizeof note->backend)
        return false;
    memcpy(note->backend, value, size);
    value = field(text, length, "mode=", &size);
    if (value == NULL)
        return false;
    note->reads = text_equal(value, size, "r") || text_equal(value, size, "rw");
    note->writes = text_equal(value, size, "w") || text_equal(value, size, "rw");
    if (!note->reads && !note->writes)
        return false;
    value = field(text, length, "gates=", &size);
    note->preserve = value != NULL && text_equal(value, size, "preserve");
    return value == NULL || note->preserve;
}

/*
 * Linkers put notes of different alignment into one segment (mold does), where the size of one
 * does not lead to the next: ours are looked for wherever one may start. What is before the
 * text has a size that suits every alignment.
 */
bool notes_visit(const void *segment, size_t size,
                 bool (*visit)(const char *text, size_t length, void *closure), void *closure)
{
    const Elf64_Nhdr wanted = {.n_type = MEMSENTRY_NOTE_TYPE,
                               .n_namesz = sizeof MEMSENTRY_NOTE_NAME};
    const size_t before = (sizeof wanted + sizeof MEMSENTRY_NOTE_NAME + 3) & ~(size_t)3;
    static_assert((sizeof wanted + sizeof MEMSENTRY_NOTE_NAME + 3) / 4 % 2 == 0,
                  "the text starts at a multiple of 8");
    const char *bytes = segment;
    for (size_t at = 0; at < size && size - at >= before; at += 4) {
        Elf64_Nhdr header;
        memcpy(&header, bytes + at, sizeof header);
        if (header.n_type != wanted.n_type || header.n_namesz != wanted.n_namesz ||
            header.n_descsz > size - at - before ||
            memcmp(bytes + at + sizeof header, MEMSENTRY_NOTE_NAME,
                   sizeof MEMSENTRY_NOTE_NAME) != 0)
            continue;
        const char *text = bytes + at + before;
        if (!visit(text, strnlen(text, header.n_descsz), closure))
            return false;
    }
    return true;
}
