# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# memcached: autoconf, a server with threads on top of an uninstrumented libevent.
program_packages=(libevent-dev perl)
# Its tests run the debug build of it.
program_binaries=(memcached memcached-debug)

program_build() {
    # configure adds -Werror; the assembly that is warned of is CRC32's, which only reads.
    CFLAGS="$CFLAGS -Wno-error=memsentry-asm" ./configure
    make
}

program_test() {
    # As make test does, but several at a time and without a report of their coverage.
    ./sizes
    ./testapp
    prove -j 4 t
}
