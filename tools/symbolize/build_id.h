/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The build id of an ELF file. */
#ifndef MEMSENTRY_SYMBOLIZE_BUILD_ID_H
#define MEMSENTRY_SYMBOLIZE_BUILD_ID_H

#define BUILD_ID_MAX 64

/*
 * Writes the build id of `path` in hexadecimal, or an empty string when the file has none.
 * Returns 0, or a negative errno when it cannot be read or is no ELF file.
 */
int build_id_read(const char *path, char text[2 * BUILD_ID_MAX + 1]);

#endif
