/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Text without libc: a fixed buffer that messages are put together in. Async-signal-safe; what
 * does not fit is cut off.
 */
#ifndef RUNTIME_TEXT_H
#define RUNTIME_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
    size_t length;
    char data[8192];
};

void text_put(struct text *text, const char *string);
void text_put_bytes(struct text *text, const char *bytes, size_t length);
void text_put_decimal(struct text *text, uint64_t number);
/* 0x…, with at least `digits` digits. */
void text_put_hex(struct text *text, uint64_t number, int digits);
/* Bytes in words: "4 KiB", "1 TiB"; plain bytes when it is no whole number of a unit. */
void text_put_size(struct text *text, uint64_t bytes);
/* Writes to the file descriptor and empties the buffer. */
void text_flush(struct text *text, int fd);

/* Whether the `length` bytes at `bytes` are exactly `string`. */
bool text_equal(const char *bytes, size_t length, const char *string);

#endif
