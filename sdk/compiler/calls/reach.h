/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* How far intrinsics of LLVM go from their pointers: see intrinsics.def. */
#ifndef MEMSENTRY_REACH_H
#define MEMSENTRY_REACH_H

enum reach {
    REACH_UNKNOWN, /* no line: it may go anywhere, unless LLVM says that it touches nothing */
    REACH_NOTHING,
    REACH_REFUSED,
    REACH_TRANSFER,
    REACH_FILL,
    REACH_PATTERN,
    REACH_VECTOR,
    REACH_SMALL,
    REACH_RESTORE,
    REACH_INDEXED,
    REACH_ROWS,
    REACH_COLUMNS,
    REACH_STACK,
};

/*
 * More than any intrinsic of REACH_SMALL touches beyond its argument (the largest is the XSAVE
 * area), and little beside the guard.
 */
#define REACH_SMALL_SIZE (1 << 20)

/* The number of a row of a tile has eight bits, and a row 64 bytes. */
#define REACH_TILE_ROWS 256
#define REACH_TILE_ROW_SIZE 64

/* Of the intrinsic of that name, which is without its types. */
enum reach intrinsic_reach(const char *name);

#endif
