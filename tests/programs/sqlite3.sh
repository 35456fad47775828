# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# SQLite: the amalgamation (made with tclsh) in one large module, exercised by its speedtest1.
program_packages=(tcl)
program_binaries=(speedtest1)

program_build() {
    CC="$CC" CFLAGS="$CFLAGS" LDFLAGS="$LDFLAGS" ./configure --disable-shared --disable-tcl \
        --disable-readline
    make sqlite3.c
    make speedtest1
}

program_run() {
    local set
    for set in main orm cte; do
        # Times differ from run to run; results, checksums and statistics must not.
        ./speedtest1 --memdb --testset $set --size 25 --verify >"$1/$set.raw" 2>&1
        sed -E 's/ *[0-9]+\.[0-9]{3}s$//' "$1/$set.raw" >"$1/$set.out"
        rm "$1/$set.raw"
    done
    rm -f db
    ./speedtest1 --testset main --size 5 --verify db >/dev/null
    mv db "$1/main.db"
}

program_time() {
    printf '%s\n' "$PWD/speedtest1" --memdb --testset main --size 10
}
