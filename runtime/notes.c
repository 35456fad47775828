/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Reads notes; see notes.h. */
#include "notes.h"

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

bool notes_visit(const void *segment, size_t size, size_t alignment,
                 bool (*visit)(const char *text, size_t length, void *closure), void *closure)
{
    const char *bytes = segment;
    /* Anything but 8 has always meant 4. */
    const size_t mask = alignment == 8 ? 7 : 3;
    size_t at = 0;
    while (at < size && size - at >= sizeof(Elf64_Nhdr)) {
        Elf64_Nhdr header;
        memcpy(&header, bytes + at, sizeof header);
        const size_t name = at + sizeof header;
        const size_t text = (name + header.n_namesz + mask) & ~mask;
        if (text > size || header.n_descsz > size - text)
            break;
        if (header.n_type == MEMSENTRY_NOTE_TYPE &&
            header.n_namesz == sizeof MEMSENTRY_NOTE_NAME &&
            memcmp(bytes + name, MEMSENTRY_NOTE_NAME, sizeof MEMSENTRY_NOTE_NAME) == 0 &&
            !visit(bytes + text, strnlen(bytes + text, header.n_descsz), closure))
            return false;
        at = (text + header.n_descsz + mask) & ~mask;
    }
    return true;
}
