/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The accesses of the backend crypt, whose regions hold nothing but ciphertext: compiled code
 * calls the runtime in the place of each. Addresses that lie in no region are accessed as they
 * are.
 */
#ifndef MEMSENTRY_CRYPT_H
#define MEMSENTRY_CRYPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is encrypted at once. One access touches no others than the blocks that it lies in. */
#define MEMSENTRY_CRYPT_BLOCK 16

/* Up to 16 bytes of memory, the first byte lowest. */
struct memsentry_crypt_value {
    uint64_t low, high;
};

/*
 * All of them are thread- and signal-safe, and end the process with a report when the key
 * registers do not hold the key. Sizes of the first three are 1 to 16; where `address` is a
 * multiple of a size that is a power of two these are atomic: loads acquire, stores release,
 * exchanges are sequentially consistent. Bytes beyond the size are ignored, and zero in
 * results.
 */
#define MEMSENTRY_CRYPT_LOAD_SYMBOL "__memsentry_crypt_load"
struct memsentry_crypt_value __memsentry_crypt_load(const void *address, uint64_t size);

#define MEMSENTRY_CRYPT_STORE_SYMBOL "__memsentry_crypt_store"
void __memsentry_crypt_store(void *address, uint64_t size, uint64_t low, uint64_t high);

/*
 * Stores the second value where the first one is, and returns what was there. For an address
 * that is a multiple of the size.
 */
#define MEMSENTRY_CRYPT_EXCHANGE_SYMBOL "__memsentry_crypt_exchange"
struct memsentry_crypt_value __memsentry_crypt_exchange(void *address, uint64_t size,
                                                        uint64_t expected_low,
                                                        uint64_t expected_high, uint64_t low,
                                                        uint64_t high);

/*
 * Copy `size` bytes; the two may overlap. What the first takes for ordinary memory is `to`, the
 * second `from`, wherever they lie: pointers that an attacker chose get at ciphertext. In the
 * third both may lie in regions.
 */
#define MEMSENTRY_CRYPT_READ_SYMBOL "__memsentry_crypt_read"
void __memsentry_crypt_read(void *to, const void *from, uint64_t size);
#define MEMSENTRY_CRYPT_WRITE_SYMBOL "__memsentry_crypt_write"
void __memsentry_crypt_write(void *to, const void *from, uint64_t size);
#define MEMSENTRY_CRYPT_MOVE_SYMBOL "__memsentry_crypt_move"
void __memsentry_crypt_move(void *to, const void *from, uint64_t size);

/* Fills memory with `byte`. */
#define MEMSENTRY_CRYPT_FILL_SYMBOL "__memsentry_crypt_fill"
void __memsentry_crypt_fill(void *to, uint8_t byte, uint64_t size);

/* What one access costs, and no access: a block in registers is decrypted and encrypted. */
#define MEMSENTRY_CRYPT_SWITCH_SYMBOL "__memsentry_crypt_switch"
void __memsentry_crypt_switch(void);

#endif
