/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What compiled code and the runtime know of each other: symbol names and their meaning.
 * Changing any of it means a new MEMSENTRY_ABI_VERSION; a mismatch then fails at link, because
 * every instrumented object refers to MEMSENTRY_ABI_SYMBOL.
 */
#ifndef MEMSENTRY_ABI_H
#define MEMSENTRY_ABI_H

#include <stdint.h>

#include "layout.h"

#define MEMSENTRY_ABI_VERSION 1
#define MEMSENTRY_ABI_SYMBOL "__memsentry_abi_1"

/*
 * void __memsentry_length_trap(const void *address, uint64_t length)
 * A variable-length access exceeds MEMSENTRY_GUARD_REACH. Reports and does not return.
 */
#define MEMSENTRY_LENGTH_TRAP_SYMBOL "__memsentry_length_trap"

/*
 * void __memsentry_check_library(const void *inside)
 * For a constructor of a shared library, with an address inside the library: ends the process
 * with a message when its notes do not agree with the backend that the process has. What is
 * loaded at start-up has been checked without it.
 */
#define MEMSENTRY_CHECK_LIBRARY_SYMBOL "__memsentry_check_library"

/*
 * void __memsentry_check_range(const void *address, uint64_t length), with the name of a
 * function in r11; void __memsentry_check_pointer(const void *address) when it accesses as far
 * as it likes. Slow path of the argument check before a call of uninstrumented code: called
 * when `address` lacks the split bit or `length` exceeds the guard. Returns for what does no
 * harm (the null page, a range of no bytes, a range inside the bottom guard); otherwise reports
 * and does not return. The calling convention is LLVM's preserve_most. Instrumented code goes
 * there by a stub of its own for each name, __memsentry_check_range.NAME, whose code this is:
 * operand 0 is the name, operand 1 the function above.
 */
#define MEMSENTRY_CHECK_RANGE_SYMBOL "__memsentry_check_range"
#define MEMSENTRY_CHECK_POINTER_SYMBOL "__memsentry_check_pointer"
#define MEMSENTRY_CHECK_STUB_CODE "leaq ${0:c}(%rip), %r11; jmpq *${1:c}@GOTPCREL(%rip)"
#define MEMSENTRY_LENGTH_UNKNOWN UINT64_MAX

/*
 * In the place of a call of a function whose arguments lead to more memory than they say
 * (readv, ioctl, syscall...) instrumented code calls __memsentry_<mode>_<name>, where the mode
 * is r, w or rw: what it takes and returns is the same.
 */
#define MEMSENTRY_CALL_PREFIX "__memsentry_"

/*
 * void *__safestack_unsafe_stack_ptr, thread-local, initial-exec: the name is LLVM's. Writable
 * by the attacker: every address computed from it is confined before use.
 */
#define MEMSENTRY_UNSAFE_STACK_SYMBOL "__safestack_unsafe_stack_ptr"
/*
 * Assembly whose result, by "=r", is where the variable lies behind the thread's base, fs: read
 * from a table that is read-only when the program runs. Accesses by fs itself need no mask;
 * those that LLVM would make of the variable's address start from a copy of fs in writable
 * memory.
 */
#define MEMSENTRY_UNSAFE_STACK_OFFSET_CODE                                                     \
    "movq " MEMSENTRY_UNSAFE_STACK_SYMBOL "@GOTTPOFF(%rip), $0"
#define MEMSENTRY_UNSAFE_STACK_OFFSET_CONSTRAINTS "=r"
/* LLVM's address space of what lies behind fs. */
#define MEMSENTRY_THREAD_ADDRESS_SPACE 257

/*
 * In modes r and rw with SafeStack, a call of a variadic type passes in the register of the
 * static chain where, in ordinary memory, its caller keeps a copy of the arguments on the
 * stack: the address, or 0 when there are none, with MEMSENTRY_ANNOUNCEMENT in the bits above
 * it. Whatever else the callee finds there comes from code that is not instrumented.
 */
#define MEMSENTRY_ANNOUNCEMENT_SHIFT 48
#define MEMSENTRY_ANNOUNCEMENT (UINT64_C(0x4d53) << MEMSENTRY_ANNOUNCEMENT_SHIFT)
/* The address of arguments that nobody announced: nothing is mapped there. */
#define MEMSENTRY_UNANNOUNCED (MEMSENTRY_SPLIT + 8 * MEMSENTRY_TIB)

/* Function attribute that carries the configuration: "<backend>:<mode>", for instance "sfi:w".
 */
#define MEMSENTRY_ATTRIBUTE "memsentry"
/* Function attribute: this function has been instrumented and must not be again. */
#define MEMSENTRY_DONE_ATTRIBUTE "memsentry-done"

/*
 * Pointers of this address space point into safe regions: what is accessed through them is not
 * confined. In source: __attribute__((address_space(1))).
 */
#define MEMSENTRY_REGION_ADDRESS_SPACE 1

/*
 * Every instrumented object carries one ELF note in a section of this name, allocated, so that
 * a linked program has one for each object that went into it. The description is text, ended by
 * a zero byte: "abi=1 backend=sfi mode=w defenses=safe-stack compiler=22.1.8 version=0.1.0";
 * "defenses=-" is none, several are separated by commas. "gates=preserve" follows when gates
 * keep the rights of other protection keys; "options=" is a hash of what
 * -memsentry-defense-arg= said, where it said something.
 */
#define MEMSENTRY_NOTE_SECTION ".note.memsentry"
#define MEMSENTRY_NOTE_NAME "MemSentry"
#define MEMSENTRY_NOTE_TYPE 1

/*
 * A defense of somebody else is a shared object with this symbol, a struct memsentry_defense of
 * memsentry-pass.h: version, then name. The driver reads both without loading it.
 */
#define MEMSENTRY_DEFENSE_SYMBOL "memsentry_defense"
#define MEMSENTRY_DEFENSE_NAME_SIZE 32
#define MEMSENTRY_PASS_INTERFACE 2

/* Functions of this section are trusted: not instrumented, fenced against inlining. */
#define MEMSENTRY_WHITELIST_SECTION "memsentry_functions"

#endif
