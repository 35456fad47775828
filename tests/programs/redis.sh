# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Redis: plain make, an event loop, background threads, fork to save, an embedded Lua.
program_packages=(make tcl procps)
program_binaries=(src/redis-server src/redis-cli)

program_build() {
    # Plain make: its own settings of CFLAGS are kept, so ours go where it has room for them.
    make MALLOC=libc CFLAGS="$CFLAGS" LDFLAGS="$LDFLAGS"
}

program_test() {
    # The whole suite takes most of an hour.
    ./runtest --clients 2 --single unit/type/string --single unit/type/hash \
        --single unit/type/list --single unit/type/stream --single unit/type/zset \
        --single unit/scripting --single unit/dump --single unit/sort --single unit/bitops \
        --single unit/multi --single unit/expire --single unit/introspection \
        --single integration/aof --single integration/rdb --single integration/logging
}
