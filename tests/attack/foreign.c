/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A library that has something in the way before any constructor runs. */
#include <sys/mman.h>
#include <sys/syscall.h>

int foreign_function(void);

static int function(void)
{
    return 1;
}

/* The loader asks for the function while it relocates; libc may not be ready. */
static int (*resolve(void))(void)
{
    register long flags __asm__("r10") = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
    register long fd __asm__("r8") = -1;
    register long offset __asm__("r9") = 0;
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(SYS_mmap), "D"(0x140000000000), "S"(4096), "d"(PROT_READ),
                       "r"(flags), "r"(fd), "r"(offset)
                     : "rcx", "r11", "memory");
    return function;
}

__attribute__((visibility("default"))) int foreign_function(void)
    __attribute__((ifunc("resolve")));

/* The reference that makes the loader ask. */
__attribute__((visibility("default"))) int (*volatile foreign_reference)(void) =
    foreign_function;
