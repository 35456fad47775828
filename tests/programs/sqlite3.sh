# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# SQLite: the amalgamation (made with tclsh) in one large module, exercised by its speedtest1.
program_packages=(tcl)
program_binaries=(speedtest1)

program_configure() {
    ./configure ${CONFIGURE_HOST:+--host="$CONFIGURE_HOST"} --disable-shared --disable-tcl --disable-readline
    make sqlite3.c
}

program_build() {
    make speedtest1
}

# They differ from run to run; results, checksums and statistics must not.
without_times() { sed -E 's/ *[0-9]+\.[0-9]{3}s$//'; }

program_run() {
    local set size=$((($2 + 3) / 4))
    for set in main orm cte; do
        ./speedtest1 --memdb --testset $set --size $size --verify 2>&1 | without_times >"$1/$set.out"
    done
    rm -f db
    ./speedtest1 --testset main --size $(((size + 4) / 5)) --verify db >/dev/null
    mv db "$1/main.db"
}

program_bench() {
    measured ./speedtest1 --memdb --testset main --size $((($2 + 1) / 2)) |
        without_times >"$1/main.out"
}
