# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# nginx: a configure of its own, worker processes that are forked, reloaded and replaced.
program_packages=(make python3)
program_binaries=(objs/nginx)

program_build() {
    ./configure --with-cc="$CC" --with-cc-opt="$CFLAGS" --with-ld-opt="$LDFLAGS" --with-threads \
        --without-http_rewrite_module --without-http_gzip_module
    make
}

program_run() {
    rm -rf run server.sock
    mkdir -p run/logs run/temp
    cp "$here/nginx/nginx.conf" run/
    # Its test suite is another project; the client asks for what the suite would, in the small.
    objs/nginx -p "$PWD/run" -c nginx.conf
    local status=0
    python3 "$here/nginx/client.py" run "$PWD" >"$1/answers" || status=$?
    [ ! -e run/nginx.pid ] || objs/nginx -p "$PWD/run" -c nginx.conf -s quit
    for _ in $(seq 50); do
        [ -e run/nginx.pid ] || break
        sleep 0.1
    done
    # A worker that died would be there.
    grep -E '\[(alert|crit|emerg)\]' run/logs/error.log >"$1/errors" || :
    [ "$status" = 0 ] && [ ! -e run/nginx.pid ]
}
