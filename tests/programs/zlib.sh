# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# zlib, as a static library with its minigzip: calls through function pointers, sliding windows.
program_binaries=(minigzip)

program_configure() {
    # It tests for features with these flags, as any user's build would.
    ./configure --static
}

program_build() {
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

program_bench() {
    zlib_input
    head -c $((40000 * $2)) input >"$1/input"
    measured ./minigzip -9 <"$1/input" >"$1/input.gz"
    # Which is quick.
    for _ in $(seq 10); do
        measured ./minigzip -d <"$1/input.gz" | cmp - "$1/input"
    done
}
