# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# mbed TLS: CMake, shared libraries that depend on each other, a hundred test programs.
program_packages=(cmake faketime perl python3)
program_binaries=(build/programs/test/selftest build/library/libmbedtls.so
    build/library/libmbedcrypto.so)

program_configure() {
    # Its own -Werror meets warnings of clang that are younger than it.
    cmake -S . -B build -DCMAKE_BUILD_TYPE=None -DUSE_SHARED_MBEDTLS_LIBRARY=ON \
        -DUSE_STATIC_MBEDTLS_LIBRARY=OFF -DMBEDTLS_FATAL_WARNINGS=OFF
}

program_build() {
    cmake --build build
}

program_test() {
    cd build
    # One at a time, because they share files; back then, because their certificates expired.
    faketime 2023-06-01 ctest --output-on-failure
}

# benchmark counts what it manages in a second of wall-clock time; here the work is fixed.
program_bench() {
    local i crypt=build/programs/aes/crypt_and_hash
    [ -f input ] || {
        cat library/*.c tests/suites/* >input.part
        mv input.part input
    }
    head -c $((160000 * $2)) input >"$1/input"
    for i in AES-256-CBC/SHA256 CAMELLIA-128-CBC/SHA512; do
        measured $crypt 0 "$1/input" "$1/encrypted" "${i%/*}" "${i#*/}" key
        measured $crypt 1 "$1/encrypted" "$1/decrypted" "${i%/*}" "${i#*/}" key
    done
    # The one of its timers is a loop that waits.
    for ((i = 0; i < ($2 + 4) / 5; i++)); do
        measured build/programs/test/selftest -x timing
    done
}
