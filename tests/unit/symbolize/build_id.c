/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Build ids, of this program and of files that have none. */
#include <criterion/criterion.h>

#include <errno.h>
#include <link.h>
#include <stdio.h>
#include <string.h>

#include "build_id.h"

/* As the loader mapped it: not read from the file. */
static int own_build_id(struct dl_phdr_info *info, size_t size, void *data)
{
    (void)size;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        const char *note = (const char *)(info->dlpi_addr + segment->p_vaddr);
        const char *end = note + segment->p_memsz;

        while (segment->p_type == PT_NOTE && note < end) {
            const ElfW(Nhdr) *header = (const ElfW(Nhdr) *)note;
            const unsigned char *bytes =
                (const unsigned char *)(header + 1) + ((header->n_namesz + 3) & ~3u);

            if (header->n_type == NT_GNU_BUILD_ID &&
                strcmp((const char *)(header + 1), "GNU") == 0)
                for (unsigned k = 0; k < header->n_descsz; k++)
                    sprintf((char *)data + 2 * k, "%02x", bytes[k]);
            note = (const char *)bytes + ((header->n_descsz + 3) & ~3u);
        }
    }
    return 1;
}

Test(build_id, is_the_loaded_one)
{
    char expected[2 * BUILD_ID_MAX + 1] = "";
    char found[2 * BUILD_ID_MAX + 1];

    dl_iterate_phdr(own_build_id, expected);
    cr_assert_eq(strlen(expected), 40);
    cr_assert_eq(build_id_read("/proc/self/exe", found), 0);
    cr_assert_str_eq(found, expected);
}

Test(build_id, refuses_what_is_no_elf_file)
{
    char found[2 * BUILD_ID_MAX + 1];

    cr_assert_eq(build_id_read("/nonexistent", found), -ENOENT);
    cr_assert_eq(build_id_read("/proc/self/cmdline", found), -ENOEXEC);
    cr_assert_str_eq(found, "");
}
