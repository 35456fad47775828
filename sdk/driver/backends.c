/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* --print-memsentry-backends: what is there, what this machine has, and why not. */
#include "backends.h"

#include <cpuid.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "memsentry/layout.h"
#include "tables.h"

#ifndef MADV_GUARD_INSTALL
#    define MADV_GUARD_INSTALL 102
#endif
#ifndef SYS_mseal
#    define SYS_mseal 462
#endif
#define PAGE 4096

/* Bits of the extended control register 0: state that the kernel saves for a process. */
#define XCR0_MPX (UINT64_C(3) << 3)
#define XCR0_AVX512 (UINT64_C(7) << 5)

struct leaf {
    unsigned eax, ebx, ecx, edx;
};

static struct leaf cpuid(unsigned number)
{
    struct leaf leaf = {0};

    __get_cpuid_count(number, 0, &leaf.eax, &leaf.ebx, &leaf.ecx, &leaf.edx);
    return leaf;
}

static bool kernel_saves(uint64_t state)
{
    unsigned low, high;

    if ((cpuid(1).ecx & bit_OSXSAVE) == 0)
        return false;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (((uint64_t)high << 32 | low) & state) == state;
}

static bool always(void)
{
    return true;
}

static bool has_mpx(void)
{
    return (cpuid(7).ebx & (1u << 14)) != 0;
}

static bool saves_mpx(void)
{
    return kernel_saves(XCR0_MPX);
}

static bool has_pku(void)
{
    return (cpuid(7).ecx & (1u << 3)) != 0;
}

static bool gives_keys(void)
{
    int key;

    /* OSPKE: the kernel has switched them on. */
    if ((cpuid(7).ecx & (1u << 4)) == 0)
        return false;
    key = pkey_alloc(0, 0);
    if (key < 0)
        return false;
    pkey_free(key);
    return true;
}

static bool has_avx512_aes(void)
{
    return (cpuid(7).ebx & (1u << 16)) != 0 && (cpuid(1).ecx & (1u << 25)) != 0;
}

static bool saves_avx512(void)
{
    return kernel_saves(XCR0_AVX512);
}

static bool has_vmx(void)
{
    return (cpuid(1).ecx & (1u << 5)) != 0;
}

static bool gives_kvm(void)
{
    return access("/dev/kvm", R_OK | W_OK) == 0;
}

static bool has_smap(void)
{
    return (cpuid(7).ebx & (1u << 20)) != 0;
}

static const struct feature {
    bool (*cpu)(void);
    const char *no_cpu;
    bool (*kernel)(void);
    const char *no_kernel;
} features[CPU_FEATURES] = {
    [CPU_NONE] = {always, "", always, ""},
    [CPU_MPX] = {has_mpx, "the processor has no MPX", saves_mpx,
                 "the kernel does not save the bound registers"},
    [CPU_PKU] = {has_pku, "the processor has no protection keys", gives_keys,
                 "the kernel gives out no protection key"},
    [CPU_AVX512_AES] = {has_avx512_aes, "the processor has no AVX-512 or no AES", saves_avx512,
                        "the kernel does not save the AVX-512 registers"},
    [CPU_VMX] = {has_vmx, "the processor shows no VMX", gives_kvm, "/dev/kvm is out of reach"},
    [CPU_SMAP] = {has_smap, "the processor shows no SMAP", gives_kvm,
                  "/dev/kvm is out of reach"},
};

static const char *const kind_names[] = {
    [KIND_ADDRESS] = "address", [KIND_DOMAIN] = "domain", [KIND_HIDING] = "hiding"};

/* A page of the lower half, as the runtime reserves it; NULL where the kernel gives another. */
static void *probe_page(void)
{
    void *wanted = (void *)MEMSENTRY_CONTROL_START;
    void *page = mmap(wanted, PAGE, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);

    if (page == MAP_FAILED)
        return NULL;
    if (page != wanted) {
        munmap(page, PAGE);
        return NULL;
    }
    return page;
}

static const char *yes_no(bool answer)
{
    return answer ? "yes" : "no";
}

static void print_backend(FILE *out, const struct backend *backend, bool layout)
{
    const struct feature *feature = &features[backend->cpu];
    bool cpu = feature->cpu();
    bool kernel = layout && feature->kernel();
    bool usable = backend->built && cpu && kernel;
    const char *separator = "";

    fprintf(out, "%-8s %-8s %-6s %-4s %-7s %-7s ", backend->name, kind_names[backend->kind],
            yes_no(backend->built), yes_no(cpu), yes_no(kernel), yes_no(usable));
    if (usable) {
        fprintf(out, "%s\n", backend->summary);
        return;
    }
    const char *const reasons[] = {
        backend->built ? NULL : "not in this build",
        cpu ? NULL : feature->no_cpu,
        layout ? NULL : "the kernel cannot reserve the lower half (needs Linux 4.17)",
        !layout || kernel ? NULL : feature->no_kernel,
    };

    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        if (reasons[i] == NULL)
            continue;
        fprintf(out, "%s%s", separator, reasons[i]);
        separator = "; ";
    }
    fprintf(out, "\n");
}

void print_backends(FILE *out)
{
    void *page = probe_page();
    bool seals = page != NULL && syscall(SYS_mseal, page, 0, 0) == 0;
    bool guards = page != NULL && madvise(page, PAGE, MADV_GUARD_INSTALL) == 0;

    fprintf(out, "%-8s %-8s %-6s %-4s %-7s %-7s %s\n", "backend", "kind", "built", "cpu",
            "kernel", "usable", "remark");
    for (size_t i = 0; i < BACKENDS; i++)
        print_backend(out, &backends[i], page != NULL);
    fprintf(out, "\nsealed mappings (mseal, Linux 6.10): %s\n", yes_no(seals));
    fprintf(out, "guard pages (MADV_GUARD_INSTALL, Linux 6.13): %s\n", yes_no(guards));
    if (!seals || !guards)
        fprintf(out, "Without both, regions are guarded by mprotect and not sealed.\n");
    if (page != NULL)
        munmap(page, PAGE);
}
