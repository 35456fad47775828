# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# nginx: a configure of its own, worker processes that are forked, reloaded and replaced.
program_packages=(make python3)
program_bench_packages=(apache2-utils curl)
program_binaries=(objs/nginx)

program_configure() {
    ./configure --with-cc="$CC" --with-cc-opt="$CFLAGS" --with-ld-opt="$LDFLAGS" --with-threads \
        --without-http_rewrite_module --without-http_gzip_module
}

program_build() {
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

# What counts is the CPU time of the server, from its start to its end.
program_bench() {
    local page percent=$2 site=http://127.77.83.1:8077
    rm -rf bench
    mkdir -p bench/logs bench/temp
    cp "$here/nginx/bench.conf" bench/
    for _ in $(seq 20); do
        echo '<!--#set var="a" value="b" --><!--#echo var="a" --><!--#echo var="uri" -->'
    done >bench/page.html
    start_server objs/nginx -p "$PWD/bench" -c bench.conf -g 'daemon off;'
    while server_runs && [ ! -s bench/nginx.pid ]; do sleep 0.05; done
    # Pages, with the number of requests for each percent.
    for page in core/nginx.h=100 core/nginx.c=100 include/page.html=100 list/=10; do
        curl -sSf --noproxy "*" "$site/${page%=*}"
        ab -q -k -c8 -n $((${page#*=} * percent)) "$site/${page%=*}" >bench/ab
        grep -E '^(Complete|Failed|Non-2xx|HTML)' bench/ab
    done >"$1/answers"
    stop_server
}
