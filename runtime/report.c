/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Writes reports; see report.h. */
#include "report.h"

#include <elf.h>
#include <string.h>
#include <unwind.h>

#include "backends/backend.h"
#include "kernel.h"
#include "log.h"
#include "maps.h"
#include "regions.h"
#include "stacks.h"

#define MAX_FRAMES 24

void report_begin(struct text *text)
{
    text_put(text, "==");
    text_put_decimal(text, (uint64_t)kernel_pid());
    text_put(text, "==ERROR: MemSentry: ");
}

static void put_region(struct text *text, uint64_t address)
{
    char name[32];
    if (stack_of(address) != NULL) {
        text_put(text, "safe region \"safestack\"");
    } else if (region_name(address, name)) {
        text_put(text, "safe region \"");
        text_put(text, name);
        text_put(text, "\"");
    } else if (address >= MEMSENTRY_CONTROL_START && address < MEMSENTRY_CONTROL_END) {
        text_put(text, "runtime data");
    } else {
        text_put(text, "no safe region");
    }
}

void report_place(struct text *text, uint64_t address)
{
    struct slot *slot = stack_current();
    if (slot != NULL)
        slot = stack_thread(slot);
    text_put(text, " (");
    put_region(text, address);
    text_put(text, slot != NULL ? ", thread " : ", kernel thread ");
    text_put_decimal(text, slot != NULL ? slot->number : (uint64_t)kernel_tid());
    text_put(text, ")");
}

/* The module that `pc` lies in. */
struct module {
    uint64_t pc;
    uint64_t base; /* of the last mapping seen that starts a file */
    struct mapping found;
};

static bool contains_pc(const struct mapping *mapping, void *closure)
{
    struct module *module = closure;
    if (mapping->offset == 0 && mapping->path[0] == '/' && mapping->readable)
        module->base = mapping->start;
    if (module->pc < mapping->start || module->pc >= mapping->end)
        return false;
    module->found = *mapping;
    return true;
}

static void put_build_id(struct text *text, uint64_t base)
{
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)base;
    if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0)
        return;
    const Elf64_Phdr *segments = (const Elf64_Phdr *)(base + header->e_phoff);
    for (int i = 0; i < header->e_phnum; i++) {
        if (segments[i].p_type != PT_NOTE)
            continue;
        uint64_t at = base + segments[i].p_vaddr;
        const uint64_t end = at + segments[i].p_memsz;
        while (at + sizeof(Elf64_Nhdr) <= end) {
            const Elf64_Nhdr *note = (const Elf64_Nhdr *)at;
            const uint8_t *bytes = (const uint8_t *)(note + 1) + ((note->n_namesz + 3) & ~3u);
            if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4) {
                text_put(text, " (BuildId: ");
                for (uint32_t k = 0; k < note->n_descsz && k < 32; k++) {
                    const char digits[2] = {"0123456789abcdef"[bytes[k] >> 4],
                                            "0123456789abcdef"[bytes[k] & 15]};
                    text_put_bytes(text, digits, 2);
                }
                text_put(text, ")");
                return;
            }
            at = (uint64_t)bytes + ((note->n_descsz + 3) & ~3u);
        }
    }
}

/* "(file+0xoffset) (BuildId: …)", or nothing when `pc` lies in no file. */
static void put_module(struct text *text, uint64_t pc)
{
    struct module module = {.pc = pc};
    if (!maps_find(contains_pc, &module) || module.found.path[0] != '/' || module.base == 0)
        return;
    text_put(text, " (");
    text_put(text, module.found.path);
    text_put(text, "+");
    text_put_hex(text, pc - module.base, 1);
    text_put(text, ")");
    put_build_id(text, module.base);
}

static void put_frame(struct text *text, unsigned number, uint64_t pc)
{
    text_put(text, "    #");
    text_put_decimal(text, number);
    text_put(text, " ");
    text_put_hex(text, pc, 16);
    put_module(text, pc);
    text_put(text, "\n");
}

struct backtrace {
    struct text *text;
    uint64_t pc;
    unsigned frames; /* written so far; none until pc has been met */
};

static _Unwind_Reason_Code visit_frame(struct _Unwind_Context *context, void *closure)
{
    struct backtrace *backtrace = closure;
    uint64_t pc = _Unwind_GetIP(context);
    if (pc == 0 || (backtrace->frames == 0 && pc != backtrace->pc))
        return _URC_NO_REASON;
    put_frame(backtrace->text, backtrace->frames++, pc);
    return backtrace->frames == MAX_FRAMES ? _URC_END_OF_STACK : _URC_NO_REASON;
}

void report_end(struct text *text, uint64_t pc, const char *summary)
{
    text_put(text, "\n  backend ");
    text_put(text, CONFIG->backend->name);
    text_put(text, ", pc ");
    text_put_hex(text, pc, 16);
    text_put(text, "\n");
    /* Out already: what follows walks a stack that may be damaged. */
    log_text(text);
    struct backtrace backtrace = {.text = text, .pc = pc};
    _Unwind_Backtrace(visit_frame, &backtrace);
    if (backtrace.frames == 0)
        put_frame(text, 0, pc);
    text_put(text, "SUMMARY: MemSentry: ");
    text_put(text, summary);
    put_module(text, pc);
    text_put(text, "\n");
    log_text(text);
}
