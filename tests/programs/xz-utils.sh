# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# xz: autoconf and libtool, a shared library with versions and threads in it.
program_packages=(make)
program_binaries=(src/xz/.libs/xz src/liblzma/.libs/liblzma.so.5)

program_build() {
    # libtool links libraries without the options that it does not know, but with all of CC.
    CC="$CC $LDFLAGS" ./configure --disable-nls
    make
}

program_test() {
    make check
}
