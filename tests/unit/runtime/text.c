/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Text without libc: numbers, sizes, and the end of the buffer. */
#include <criterion/criterion.h>
#include <string.h>

#include "text.h"

static const char *string(struct text *text)
{
    text_put_bytes(text, "", 1);
    return text->data;
}

Test(text, decimal)
{
    struct text text = {0};
    text_put_decimal(&text, 0);
    text_put(&text, " ");
    text_put_decimal(&text, UINT64_MAX);
    cr_assert_str_eq(string(&text), "0 18446744073709551615");
}

Test(text, hex)
{
    struct text text = {0};
    text_put_hex(&text, 0, 1);
    text_put(&text, " ");
    text_put_hex(&text, 0xabc, 6);
    text_put(&text, " ");
    text_put_hex(&text, UINT64_MAX, 16);
    cr_assert_str_eq(string(&text), "0x0 0x000abc 0xffffffffffffffff");
}

Test(text, size)
{
    struct text text = {0};
    text_put_size(&text, UINT64_C(3) << 40);
    text_put(&text, ", ");
    text_put_size(&text, 8 << 20);
    text_put(&text, ", ");
    text_put_size(&text, 1025);
    text_put(&text, ", ");
    text_put_size(&text, 0);
    cr_assert_str_eq(string(&text), "3 TiB, 8 MiB, 1025 bytes, 0 bytes");
}

Test(text, full)
{
    static struct text text;
    for (int i = 0; i < 10000; i++)
        text_put(&text, "ab");
    cr_assert_eq(text.length, sizeof text.data);
    cr_assert_eq(text.data[sizeof text.data - 1], 'b');
}

Test(text, equal)
{
    cr_assert(text_equal("verbose=1", 7, "verbose"));
    cr_assert(!text_equal("verbose", 6, "verbose"));
    cr_assert(!text_equal("verbosely", 9, "verbose"));
    cr_assert(text_equal("", 0, ""));
}
