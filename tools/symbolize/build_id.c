/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The build id of an ELF file, by libelf. */
#include "build_id.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool find_in_notes(Elf_Data *data, char *text)
{
    size_t name, descriptor;
    size_t offset = 0;
    GElf_Nhdr note;

    while ((offset = gelf_getnote(data, offset, &note, &name, &descriptor)) != 0) {
        const unsigned char *bytes = (const unsigned char *)data->d_buf + descriptor;

        if (note.n_type != NT_GNU_BUILD_ID || note.n_namesz != sizeof ELF_NOTE_GNU ||
            memcmp((const char *)data->d_buf + name, ELF_NOTE_GNU, sizeof ELF_NOTE_GNU) != 0 ||
            note.n_descsz > BUILD_ID_MAX)
            continue;
        for (size_t i = 0; i < note.n_descsz; i++)
            sprintf(text + 2 * i, "%02x", bytes[i]);
        return true;
    }
    return false;
}

int build_id_read(const char *path, char text[2 * BUILD_ID_MAX + 1])
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    int result = -ENOEXEC;
    size_t count;
    Elf *elf;

    text[0] = '\0';
    if (file < 0)
        return -errno;
    elf_version(EV_CURRENT);
    elf = elf_begin(file, ELF_C_READ, NULL);
    if (elf != NULL && elf_kind(elf) == ELF_K_ELF && elf_getphdrnum(elf, &count) == 0) {
        result = 0;
        for (size_t i = 0; i < count; i++) {
            GElf_Phdr segment;
            Elf_Data *data;

            if (gelf_getphdr(elf, (int)i, &segment) == NULL || segment.p_type != PT_NOTE)
                continue;
            data = elf_getdata_rawchunk(elf, (int64_t)segment.p_offset, segment.p_filesz,
                                        segment.p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR);
            if (data != NULL && find_in_notes(data, text))
                break;
        }
    }
    elf_end(elf);
    close(file);
    return result;
}
