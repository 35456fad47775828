# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# bzip2: block sorting, all arrays and indices.
program_binaries=(bzip2)

program_build() {
    make bzip2 bzip2recover CC="$CC" CFLAGS="$CFLAGS -D_FILE_OFFSET_BITS=64" LDFLAGS="$LDFLAGS"
}

# About eight megabytes, the same whatever the compiler: the package's own texts, repeated.
bzip2_input() {
    [ -f input ] || {
        for _ in $(seq 12); do
            cat ./*.c ./*.html ./*.txt sample1.ref sample2.ref
        done >input.part
        mv input.part input
    }
}

program_test() {
    # CC=false: the programs are there, and nothing may be built again with another compiler.
    make test CC=false
}

program_run() {
    bzip2_input
    local input=$1/input
    head -c $((80000 * $2)) input >"$input"
    ./bzip2 -9kc "$input" >"$1/input.bz2"
    ./bzip2 -dc "$1/input.bz2" | cmp - "$input"
    ./bzip2 -1 -s -kc "$input" >"$1/input.small.bz2"
    # An error path: a damaged file, and what is left of it.
    local status=0
    head -c $((3000 * $2)) "$1/input.bz2" >"$1/cut.bz2"
    ./bzip2 -tv "$1/cut.bz2" >"$1/cut.out" 2>&1 || status=$?
    sed -i "s|$1/||g" "$1/cut.out"
    echo "exit status $status" >>"$1/cut.out"
}

program_bench() {
    bzip2_input
    head -c $((80000 * $2)) input >"$1/input"
    measured ./bzip2 -9kc "$1/input" >"$1/input.bz2"
    measured ./bzip2 -dc "$1/input.bz2" | cmp - "$1/input"
}
