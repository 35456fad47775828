# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Lua 5.4: an interpreter that lives on longjmp, coroutines and function pointers.
program_binaries=(src/lua)

program_build() {
    make -C src linux CC="$CC -std=gnu99" MYCFLAGS="$CFLAGS" MYLDFLAGS="$LDFLAGS"
}

program_run() {
    local script status
    for script in "$here"/lua5.4/*.lua; do
        status=0
        # What work.lua does; the others are short.
        src/lua "$script" "$2" >"$1/$(basename "$script").out" 2>&1 || status=$?
        echo "exit status $status" >>"$1/$(basename "$script").out"
    done
    # The compiler's bytecode must be the same to the bit.
    src/luac -o "$1/sort.luac" "$here/lua5.4/sort.lua"
}

program_bench() {
    measured src/lua "$here/lua5.4/work.lua" "$2" >"$1/work.out"
}
