/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Text without libc; see text.h. */
#include "text.h"

#include <string.h>

#include "kernel.h"

void text_put_bytes(struct text *text, const char *bytes, size_t length)
{
    size_t room = sizeof text->data - text->length;
    if (length > room)
        length = room;
    memcpy(text->data + text->length, bytes, length);
    text->length += length;
}

void text_put(struct text *text, const char *string)
{
    text_put_bytes(text, string, strlen(string));
}

static void put_number(struct text *text, uint64_t number, unsigned base, int digits)
{
    char buffer[24];
    size_t at = sizeof buffer;
    do {
        buffer[--at] = "0123456789abcdef"[number % base];
        number /= base;
        digits--;
    } while ((number != 0 || digits > 0) && at != 0);
    text_put_bytes(text, buffer + at, sizeof buffer - at);
}

void text_put_decimal(struct text *text, uint64_t number)
{
    put_number(text, number, 10, 1);
}

void text_put_hex(struct text *text, uint64_t number, int digits)
{
    text_put(text, "0x");
    put_number(text, number, 16, digits);
}

void text_put_size(struct text *text, uint64_t bytes)
{
    static const char units[][6] = {" TiB", " GiB", " MiB", " KiB"};
    for (int i = 0; i < 4; i++) {
        uint64_t unit = UINT64_C(1) << (40 - 10 * i);
        if (bytes >= unit && bytes % unit == 0) {
            text_put_decimal(text, bytes / unit);
            text_put(text, units[i]);
            return;
        }
    }
    text_put_decimal(text, bytes);
    text_put(text, " bytes");
}

void text_flush(struct text *text, int fd)
{
    kernel_write(fd, text->data, text->length);
    text->length = 0;
}

bool text_equal(const char *bytes, size_t length, const char *string)
{
    return strlen(string) == length && memcmp(bytes, string, length) == 0;
}
