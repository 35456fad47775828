# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# zlib, as a static library with its minigzip: calls through function pointers, sliding windows.
program_binaries=(minigzip)

program_build() {
    # configure tests for features with these flags, as any user's build would.
    CC="$CC" CFLAGS="$CFLAGS" LDFLAGS="$LDFLAGS" ./configure --static
    make static
}

program_test() {
    make teststatic
}

zlib_input() {
    [ -f input ] || {
        for _ in $(seq 4); do
            cat ./*.c ./*.h ./*.3
        done >input.part
        mv input.part input
    }
}

program_run() {
    zlib_input
    local level
    for level in 1 6 9; do
        ./minigzip -$level <input >"$1/input.$level.gz"
        ./minigzip -d <"$1/input.$level.gz" | cmp - input
    done
    ./minigzip -f -9 <input >"$1/filtered.gz"
    ./minigzip -h -9 <input >"$1/huffman.gz"
    ./minigzip -r -9 <input >"$1/rle.gz"
}

program_time() {
    zlib_input
    printf '%s\n' /bin/sh -c "'$PWD/minigzip' -9 <'$PWD/input'"
}
