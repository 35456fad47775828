/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A stand-in for the key registers of the backend crypt: memory, for processors without
 * AVX-512. Everything else is the code that is shipped. It hides nothing from anybody.
 */
#ifndef TESTS_CRYPT_KEYS_H
#define TESTS_CRYPT_KEYS_H

#define KEYS_OFFSET_zmm27 "0"
#define KEYS_OFFSET_zmm28 "64"
#define KEYS_OFFSET_zmm29 "128"
#define KEYS_OFFSET_zmm30 "192"
#define KEYS_OFFSET_zmm31 "256"
#define CIPHER_KEY(lane, zmm)                                                                  \
    "movdqu memsentry_test_keys+16*" #lane "+" KEYS_OFFSET_##zmm "(%%rip), %[key]\n\t"

#endif
