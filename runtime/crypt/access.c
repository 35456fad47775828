/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Accesses to encrypted regions; see memsentry/crypt.h. Plaintext of regions goes through
 * registers only. A block is written as a whole, where only a part of it changes by an exchange
 * that fails when another thread was faster: two threads may write bytes of the same block.
 */
#include <string.h>

#include "../control.h"
#include "../die.h"
#include "../visibility.h"
#include "cipher.h"
#include "memsentry/crypt.h"
#include "memsentry/layout.h"

#define BLOCK ((uint64_t)MEMSENTRY_CRYPT_BLOCK)

__extension__ typedef unsigned __int128 word;

static bool is_encrypted(uint64_t address)
{
    return address - MEMSENTRY_REGIONS_START < MEMSENTRY_REGIONS_END - MEMSENTRY_REGIONS_START;
}

static word mask_of(uint64_t size)
{
    return size >= sizeof(word) ? ~(word)0 : ((word)1 << (8 * size)) - 1;
}

static word word_of(__m128i block)
{
    word value;
    memcpy(&value, &block, sizeof value);
    return value;
}

static __m128i block_of(word value)
{
    __m128i block;
    memcpy(&block, &value, sizeof block);
    return block;
}

static __m128i tweak_of(uint64_t block)
{
    __m128i tweak;
    if (!cipher_tweak(block, CONFIG->crypt.check, &tweak))
        die("the key of the safe regions is gone: something in this process has used the "
            "vector registers zmm27 to zmm31");
    return tweak;
}

/* In one piece: what processors with AVX-512 do with 16 aligned bytes. */
static __m128i load_block(uint64_t block)
{
    __m128i contents;
    __asm__ volatile("movdqa %1, %0" : "=x"(contents) : "m"(*(const __m128i *)block));
    return contents;
}

static void store_block(uint64_t block, __m128i contents)
{
    __asm__ volatile("movdqa %1, %0" : "=m"(*(__m128i *)block) : "x"(contents));
}

static bool replace_block(uint64_t block, __m128i before, __m128i after)
{
    return __sync_bool_compare_and_swap((word *)block, word_of(before), word_of(after));
}

static word read_block(uint64_t block)
{
    const __m128i tweak = tweak_of(block);
    return word_of(cipher_decrypt(load_block(block), tweak));
}

/* Writes the bytes of `value` that `mask` has. */
static void write_block(uint64_t block, word value, word mask)
{
    const __m128i tweak = tweak_of(block);
    if (mask == ~(word)0) {
        store_block(block, cipher_encrypt(block_of(value), tweak));
        return;
    }
    for (;;) {
        const __m128i before = load_block(block);
        const word rest = word_of(cipher_decrypt(before, tweak)) & ~mask;
        if (replace_block(block, before,
                          cipher_encrypt(block_of(rest | (value & mask)), tweak)))
            return;
    }
}

static word load_ordinary(const void *address, uint64_t size)
{
    word value = 0;
    switch (size) {
    case 1:
        return *(const volatile uint8_t *)address;
    case 2:
        return *(const volatile uint16_t *)address;
    case 4:
        return *(const volatile uint32_t *)address;
    case 8:
        return *(const volatile uint64_t *)address;
    default:
        if (size == BLOCK && (uint64_t)address % BLOCK == 0)
            return word_of(load_block((uint64_t)address));
        memcpy(&value, address, size);
        return value;
    }
}

static void store_ordinary(void *address, uint64_t size, word value)
{
    switch (size) {
    case 1:
        *(volatile uint8_t *)address = (uint8_t)value;
        return;
    case 2:
        *(volatile uint16_t *)address = (uint16_t)value;
        return;
    case 4:
        *(volatile uint32_t *)address = (uint32_t)value;
        return;
    case 8:
        *(volatile uint64_t *)address = (uint64_t)value;
        return;
    default:
        if (size == BLOCK && (uint64_t)address % BLOCK == 0)
            store_block((uint64_t)address, block_of(value));
        else
            memcpy(address, &value, size);
    }
}

static word load_encrypted(uint64_t address, uint64_t size)
{
    const uint64_t offset = address % BLOCK, block = address - offset;
    word value = read_block(block) >> (8 * offset);
    if (offset + size > BLOCK)
        value |= read_block(block + BLOCK) << (8 * (BLOCK - offset));
    return value & mask_of(size);
}

static void store_encrypted(uint64_t address, uint64_t size, word value)
{
    const uint64_t offset = address % BLOCK, block = address - offset;
    const word mask = mask_of(size);
    write_block(block, value << (8 * offset), mask << (8 * offset));
    if (offset + size > BLOCK) {
        const uint64_t done = 8 * (BLOCK - offset);
        write_block(block + BLOCK, value >> done, mask >> done);
    }
}

static word exchange_ordinary(void *address, uint64_t size, word expected, word value)
{
    switch (size) {
    case 1:
        return __sync_val_compare_and_swap((uint8_t *)address, (uint8_t)expected,
                                           (uint8_t)value);
    case 2:
        return __sync_val_compare_and_swap((uint16_t *)address, (uint16_t)expected,
                                           (uint16_t)value);
    case 4:
        return __sync_val_compare_and_swap((uint32_t *)address, (uint32_t)expected,
                                           (uint32_t)value);
    case 8:
        return __sync_val_compare_and_swap((uint64_t *)address, (uint64_t)expected,
                                           (uint64_t)value);
    case 16:
        return __sync_val_compare_and_swap((word *)address, expected, value);
    default:
        die("an atomic access of a size that no processor has");
    }
}

static word exchange_encrypted(uint64_t address, uint64_t size, word expected, word value)
{
    const uint64_t offset = address % BLOCK, block = address - offset;
    const word mask = mask_of(size);
    if (offset + size > BLOCK)
        die("an atomic access to a safe region that is not aligned");
    const __m128i tweak = tweak_of(block);
    for (;;) {
        const __m128i before = load_block(block);
        const word contents = word_of(cipher_decrypt(before, tweak));
        const word found = contents >> (8 * offset) & mask;
        if (found != (expected & mask))
            return found;
        const word changed = (contents & ~(mask << (8 * offset))) | (value & mask)
                                                                        << (8 * offset);
        if (replace_block(block, before, cipher_encrypt(block_of(changed), tweak)))
            return found;
    }
}

static struct memsentry_crypt_value value_of(word value)
{
    return (struct memsentry_crypt_value){(uint64_t)value, (uint64_t)(value >> 64)};
}

EXPORT struct memsentry_crypt_value __memsentry_crypt_load(const void *address, uint64_t size)
{
    return value_of(is_encrypted((uint64_t)address) ? load_encrypted((uint64_t)address, size)
                                                    : load_ordinary(address, size));
}

EXPORT void __memsentry_crypt_store(void *address, uint64_t size, uint64_t low, uint64_t high)
{
    const word value = (word)high << 64 | low;
    if (is_encrypted((uint64_t)address))
        store_encrypted((uint64_t)address, size, value);
    else
        store_ordinary(address, size, value);
}

EXPORT struct memsentry_crypt_value __memsentry_crypt_exchange(void *address, uint64_t size,
                                                               uint64_t expected_low,
                                                               uint64_t expected_high,
                                                               uint64_t low, uint64_t high)
{
    const word expected = (word)expected_high << 64 | expected_low;
    const word value = (word)high << 64 | low;
    return value_of(is_encrypted((uint64_t)address)
                        ? exchange_encrypted((uint64_t)address, size, expected, value)
                        : exchange_ordinary(address, size, expected, value));
}

/* One side of a copy. */
struct side {
    uint64_t address;
    bool encrypted;
};

static void copy_piece(struct side to, struct side from, uint64_t offset, uint64_t size)
{
    const uint64_t source = from.address + offset, target = to.address + offset;
    word value = 0;
    if (from.encrypted)
        value = load_encrypted(source, size);
    else
        memcpy(&value, (const void *)source, size);
    if (to.encrypted)
        store_encrypted(target, size, value);
    else
        memcpy((void *)target, &value, size);
}

/*
 * In pieces that end where blocks of one side do; of the target's, when it is encrypted, so
 * that most are written without being read.
 */
static void copy(struct side to, struct side from, uint64_t size)
{
    const uint64_t grid = to.encrypted ? to.address : from.address;
    uint64_t done = 0;
    if (to.address - from.address >= size) {
        while (done < size) {
            const uint64_t room = BLOCK - (grid + done) % BLOCK;
            const uint64_t piece = room < size - done ? room : size - done;
            copy_piece(to, from, done, piece);
            done += piece;
        }
        return;
    }
    for (uint64_t rest = size; rest > 0;) {
        const uint64_t room = (grid + rest - 1) % BLOCK + 1;
        const uint64_t piece = room < rest ? room : rest;
        rest -= piece;
        copy_piece(to, from, rest, piece);
    }
}

EXPORT void __memsentry_crypt_read(void *to, const void *from, uint64_t size)
{
    const struct side target = {(uint64_t)to, false};
    const struct side source = {(uint64_t)from, is_encrypted((uint64_t)from)};
    copy(target, source, size);
}

EXPORT void __memsentry_crypt_write(void *to, const void *from, uint64_t size)
{
    const struct side target = {(uint64_t)to, is_encrypted((uint64_t)to)};
    const struct side source = {(uint64_t)from, false};
    copy(target, source, size);
}

EXPORT void __memsentry_crypt_move(void *to, const void *from, uint64_t size)
{
    const struct side target = {(uint64_t)to, is_encrypted((uint64_t)to)};
    const struct side source = {(uint64_t)from, is_encrypted((uint64_t)from)};
    if (!target.encrypted && !source.encrypted)
        memmove(to, from, size);
    else
        copy(target, source, size);
}

EXPORT void __memsentry_crypt_fill(void *to, uint8_t byte, uint64_t size)
{
    if (!is_encrypted((uint64_t)to)) {
        memset(to, byte, size);
        return;
    }
    word value;
    memset(&value, byte, sizeof value);
    for (uint64_t at = (uint64_t)to, end = at + size; at < end;) {
        const uint64_t room = BLOCK - at % BLOCK;
        const uint64_t piece = room < end - at ? room : end - at;
        store_encrypted(at, piece, value);
        at += piece;
    }
}

EXPORT void __memsentry_crypt_switch(void)
{
    const __m128i tweak = tweak_of(MEMSENTRY_REGIONS_START);
    const __m128i block = cipher_decrypt(tweak, tweak);
    const __m128i again = cipher_encrypt(block, tweak);
    __asm__ volatile("" : : "x"(again));
}
