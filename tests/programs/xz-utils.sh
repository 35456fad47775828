# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# xz: autoconf and libtool, a shared library with versions and threads in it.
program_packages=(make)
program_binaries=(src/xz/.libs/xz src/liblzma/.libs/liblzma.so.5)

program_configure() {
    # libtool links libraries without the options that it does not know, but with all of CC.
    CC="$CC $LDFLAGS" ./configure --disable-nls
}

program_build() {
    # CC is the one that was configured.
    make
}

program_test() {
    make check
}

program_bench() {
    # Texts, and what is not text.
    [ -f input ] || {
        cat src/liblzma/*/*.[ch] tests/files/* po/*.po po4a/*.po ChangeLog configure >input.part
        mv input.part input
    }
    head -c $((40000 * $2)) input >"$1/input"
    # Without libtool's script, which is a shell's work.
    export LD_LIBRARY_PATH=$PWD/src/liblzma/.libs
    measured src/xz/.libs/xz -6 -T1 -kc "$1/input" >"$1/input.xz"
    measured src/xz/.libs/xz -dc "$1/input.xz" | cmp - "$1/input"
}
