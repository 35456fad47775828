/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Which lines of a report name a place, and what they say. */
#include <criterion/criterion.h>

#include <string.h>

#include "frame.h"

Test(frame, reads_a_numbered_line)
{
    const char *line = "    #12 0x00005581a2b3c4d5 (/path/app+0x14d5) (BuildId: 0123abcd)";
    struct frame frame;

    cr_assert(frame_parse(line, &frame));
    cr_assert(frame.numbered);
    cr_assert_eq(frame.number, 12);
    cr_assert_eq(frame.pc, 8);
    cr_assert_eq(frame.place, (size_t)(strchr(line, '(') - line));
    cr_assert_eq(frame.path_length, strlen("/path/app"));
    cr_assert_eq(memcmp(frame.path, "/path/app", frame.path_length), 0);
    cr_assert_eq(frame.offset, 0x14d5);
    cr_assert_eq(frame.build_id_length, 8);
    cr_assert_eq(memcmp(frame.build_id, "0123abcd", 8), 0);
}

Test(frame, reads_the_summary)
{
    struct frame frame;

    cr_assert(frame_parse("SUMMARY: MemSentry: blocked-write (/a+0x1) (BuildId: 00)", &frame));
    cr_assert_not(frame.numbered);
    cr_assert_eq(frame.offset, 1);
    cr_assert_eq(frame.place, strlen("SUMMARY: MemSentry: blocked-write "));
}

Test(frame, needs_no_build_id)
{
    struct frame frame;

    cr_assert(frame_parse("    #0 0x1 (/a+0x1)", &frame));
    cr_assert_null(frame.build_id);
}

Test(frame, takes_the_last_offset_of_an_odd_path)
{
    struct frame frame;
    const char *path = "/x (1+0x2)/a b+0x3";

    cr_assert(frame_parse("    #0 0x1 (/x (1+0x2)/a b+0x3+0x44) (BuildId: 00)", &frame));
    cr_assert_eq(frame.path_length, strlen(path));
    cr_assert_eq(memcmp(frame.path, path, frame.path_length), 0);
    cr_assert_eq(frame.offset, 0x44);
}

Test(frame, leaves_everything_else)
{
    static const char *const lines[] = {
        "",
        "==1==ERROR: MemSentry: blocked write of 8 bytes at 0x1 (safe region \"safestack\")",
        "  backend sfi, pc 0x000055c66f0c735d",
        "    #0 0x00005581a2b3c4d5",
        "    #0 0x00005581a2b3c4d5 in main app.c:1:2 (/path/app+0x14d5)",
        "    #0 0x00005581a2b3c4d5 (/path/app)",
        "    #0 0x00005581a2b3c4d5 (/path/app+0x)",
        "    #0 0x00005581a2b3c4d5 (/path/app+0x11111111111111111)",
        "    #0 (/path/app+0x14d5)",
        "    # 0x1 (/path/app+0x14d5)",
        "    #0 0x1 (app+0x14d5)",
        "    #0 0x1 (/path/app+0x14d5",
        "SUMMARY: MemSentry: blocked-write in main app.c:1:2 (/a+0x1)",
        "SUMMARY: AddressSanitizer: heap-use-after-free (/a+0x1)",
        "a line of the program (/path/app+0x14d5)",
    };
    struct frame frame;

    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        cr_assert_not(frame_parse(lines[i], &frame), "%s", lines[i]);
}

Test(frame, looks_up_the_call_of_a_return_address)
{
    struct frame frame;

    cr_assert(frame_parse("    #0 0x1 (/a+0x10)", &frame));
    cr_assert_eq(frame_lookup_offset(&frame), 0x10);
    cr_assert(frame_parse("    #1 0x1 (/a+0x10)", &frame));
    cr_assert_eq(frame_lookup_offset(&frame), 0xf);
    cr_assert(frame_parse("SUMMARY: MemSentry: x (/a+0x10)", &frame));
    cr_assert_eq(frame_lookup_offset(&frame), 0x10);
}
