# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Redis: plain make, an event loop, background threads, fork to save, an embedded Lua.
program_packages=(make tcl procps)
program_bench_packages=(redis-tools)
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

# What counts is the CPU time of the server, from its start to its end. The client is Debian's, the
# same for every build.
program_bench() {
    local client=(redis-cli -s bench.sock)
    rm -f bench.sock
    start_server src/redis-server --port 0 --unixsocket bench.sock --save '' --appendonly no \
        --enable-debug-command yes >bench.log
    while server_runs && [ ! -S bench.sock ]; do sleep 0.05; done
    redis-benchmark -s bench.sock -c 8 -n $((250 * $2)) -q \
        -t set,get,incr,lpush,rpop,sadd,hset,zadd,mset,lrange_100 >/dev/null
    "${client[@]}" debug digest >"$1/digest"
    "${client[@]}" dbsize >>"$1/digest"
    stop_server
}
