# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2034,SC2154
# What scripts/demo, scripts/check and bench/run share: messages, steps with progress, Debian
# packages and source packages. Sourced, after the caller has set script_name.
set -euo pipefail
export LC_ALL=C.UTF-8
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
llvm=22

if [ -t 1 ] && [ "${TERM:-dumb}" != dumb ] && [ -z "${NO_COLOR:-}" ]; then
    bold=$'\e[1m' red=$'\e[31m' green=$'\e[32m' yellow=$'\e[33m' plain=$'\e[0m' terminal=yes
else
    bold='' red='' green='' yellow='' plain='' terminal=
fi

say() { printf '%s\n' "$*"; }
heading() { printf '\n%s== %s ==%s\n' "$bold" "$*" "$plain"; }
fail() {
    printf '%s: %serror:%s %s\n' "$script_name" "$red" "$plain" "$*" >&2
    exit "${fail_status:-1}"
}

# A child of ours must not outlive us.
step_pid=
trap '[ -z "$step_pid" ] || kill -- "-$step_pid" 2>/dev/null || :' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# attempt TITLE COMMAND...: runs the command with its output in $log and a line of progress now and
# then; returns its status. A failing command's output is shown.
attempt() {
    local title=$1 start=$SECONDS status=0 shown=0 elapsed
    shift
    log=$work/logs/$(tr -cs 'A-Za-z0-9.+-' _ <<<"$title").log
    mkdir -p "$work/logs"
    # A process group of its own, so that the trap above reaches grandchildren.
    set -m
    "$@" </dev/null >"$log" 2>&1 &
    step_pid=$!
    set +m
    while kill -0 "$step_pid" 2>/dev/null; do
        sleep 0.2
        elapsed=$((SECONDS - start))
        if [ -n "$terminal" ]; then
            printf '\r  %s ... %d s ' "$title" "$elapsed"
        elif [ $((elapsed - shown)) -ge 15 ]; then
            printf '  %s ... %d s\n' "$title" "$elapsed"
            shown=$elapsed
        fi
    done
    wait "$step_pid" || status=$?
    step_pid=
    [ -z "$terminal" ] || printf '\r\e[K'
    if [ "$status" = 0 ]; then
        printf '  %s (%d s)\n' "$title" $((SECONDS - start))
    elif [ "$status" != 77 ]; then
        printf '  %s: %sfailed%s with status %d after %d s; the end of %s:\n' \
            "$title" "$red" "$plain" "$status" $((SECONDS - start)) "${log#"$root/"}"
        tail -n 60 "$log" | sed 's/^/    /'
    fi
    return "$status"
}

# As attempt, but nothing can go on without it.
step() {
    attempt "$@" || fail "$1: cannot go on"
}

# ---- Debian packages ----

is_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# install_packages PACKAGE...: what is missing, by apt-get; exit status 2 with advice where we
# cannot.
install_packages() {
    local missing=() package as_root=()
    for package; do
        is_installed "$package" || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0

    local id=unknown version=unknown
    if [ -r /etc/os-release ]; then
        id=$(. /etc/os-release && echo "${ID:-unknown}")
        version=$(. /etc/os-release && echo "${VERSION_ID:-unknown}")
    fi
    fail_status=2
    [ "$id $version" = "debian 12" ] ||
        fail "this is $id $version, not Debian 12; install what these packages hold:" \
            "${missing[*]}"
    if [ "$(id -u)" != 0 ]; then
        if sudo -n true 2>/dev/null; then
            as_root=(sudo -n)
        else
            fail "not root; run this, then start again:" \
                "apt-get install --no-install-recommends ${missing[*]}"
        fi
    fi
    step "apt-get update" "${as_root[@]}" apt-get update
    step "apt-get install ${missing[*]}" "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends "${missing[@]}"
    fail_status=1
}

# Prints the package sources of this machine as deb822 and one-line files of deb-src entries into
# the directory $1: the hosts come from the machine's own configuration, and so do its keys.
write_source_lists() {
    local list parts file etc
    # Sets Dir::Etc::... as absolute file names.
    eval "$(apt-config shell list Dir::Etc::sourcelist/f parts Dir::Etc::sourceparts/d)"
    mkdir -p "$1"
    for file in "$list" "$parts"/*; do
        [ -f "$file" ] || continue
        etc=$1/$(basename "$file")
        case $file in
        *.list) sed -nE 's/^[[:space:]]*deb(-src)?([[:space:]].*)$/deb-src\2/p' "$file" |
            sort -u >"$etc" ;;
        *.sources)
            # One stanza at a time; without those that are switched off.
            awk 'BEGIN { RS = ""; FS = "\n" }
                tolower($0) ~ /(^|\n)enabled:[ \t]*(no|false|without|off|disable)/ { next }
                {
                    for (i = 1; i <= NF; i++)
                        print tolower($i) ~ /^types:/ ? "Types: deb-src" : $i
                    print ""
                }' "$file" >"$etc" ;;
        esac
    done
}

# private_apt COMMAND ARGUMENT...: apt-get or apt-cache on the lists of our own.
private_apt() {
    "$1" -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$apt/sources" \
        -o Dir::State::Lists="$apt/lists" -o Dir::Cache="$apt/cache" \
        -o APT::Sandbox::User="$(id -un)" "${@:2}"
}

# The versions of a source package, the newest first.
source_versions() {
    private_apt apt-cache showsrc --only-source "$1" | sed -n 's/^Version: //p' | sort -Vru
}

# A mirror may list a version that it does not have (yet): then the one before it will do.
download_source() {
    local name=$1 version
    for version in $(source_versions "$name"); do
        ! private_apt apt-get source --download-only "$name=$version" || return 0
        rm -f ./*
    done
    return 1
}

# fetch_source NAME DIR: the unpacked, unpatched upstream tree of Debian's source package, checked
# by apt against the signed archive. Nothing in /etc or /var changes. Called through attempt, where
# errexit is off: hence the chains of &&.
fetch_source() {
    local name=$1 directory=$2 tree
    [ ! -d "$directory" ] || return 0
    apt=$work/apt
    if [ ! -e "$apt/updated" ]; then
        rm -rf "$apt"
        write_source_lists "$apt/sources" &&
            mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" || return 1
        # A foreign repository may have no sources; whether ours are there shows below.
        private_apt apt-get update && touch "$apt/updated"
    fi
    tree=$apt/download/$name/tree
    rm -rf "$apt/download/$name"
    mkdir -p "$apt/download/$name" "$(dirname "$directory")" &&
        (cd "$apt/download/$name" && download_source "$name") &&
        dpkg-source --no-check --skip-patches -x "$apt/download/$name"/*.dsc "$tree" &&
        mv "$tree" "$directory"
}

# ---- MemSentry and what it builds ----

build_packages=(clang-$llvm llvm-$llvm-dev libelf-dev libjansson-dev meson ninja-build
    pkg-config)
# To fetch and unpack source packages, and stock SafeStack's runtime.
program_packages=(dpkg-dev make libclang-rt-$llvm-dev)

# configure_memsentry DIR [MESON OPTION...]
configure_memsentry() {
    local directory=$1
    shift
    # A build of before pkgconfig.relocatable would keep its files for pkg-config as they were.
    ! grep -qs pcfiledir "$directory/meson-private/memsentry.pc" || return 0
    rm -rf "$directory"
    CC=clang-$llvm CXX=clang++-$llvm meson setup "$directory" "$root" -Dwerror=true \
        -Dllvm=$llvm "$@"
}

# build_memsentry DIR [MESON OPTION...]
build_memsentry() {
    configure_memsentry "$@" && ninja -C "$1"
}

# A build of a program is stock, safe-stack, memsentry, rw (memsentry with its reads confined too),
# unchecked (memsentry without its argument checks, a control), sfi-w and sfi-rw (no defense),
# with our malloc or libc's, safe-stack-hide, hide, mpk, mpk-w, mpx or mpx-rw; or for points of
# -fmemsentry-benchdomain= mpk-POINTS, or count-POINTS, which only counts them: its compiler, as a
# user would write it with the shims first in PATH, and its flags.
memsentry_flags="-fsanitize=safe-stack -fmemsentry=sfi"
sfi_flags="-fmemsentry=sfi -Wno-memsentry-no-safestack"
compiler_of() {
    case $1 in
    stock | safe-stack) echo clang-$llvm ;;
    *) echo clang ;;
    esac
}
cxx_compiler_of() {
    case $1 in
    stock | safe-stack) echo clang++-$llvm ;;
    *) echo clang++ ;;
    esac
}
flags_of_points() {
    case $1 in
    libfunc) echo "-fmemsentry-benchdomain=$1" \
        "-fmemsentry-benchdomain-libfunc-file=$root/bench/libfunc.list" ;;
    *) echo "-fmemsentry-benchdomain=$1" ;;
    esac
}
flags_of() {
    case $1 in
    stock) ;;
    safe-stack) echo -fsanitize=safe-stack ;;
    memsentry) echo "$memsentry_flags" ;;
    rw) echo "$memsentry_flags -fmemsentry-rw=rw" ;;
    sfi-w) echo "$sfi_flags -fmemsentry-rw=w" ;;
    sfi-w-libc-malloc) echo "$sfi_flags -fmemsentry-rw=w -fno-memsentry-malloc" ;;
    sfi-rw) echo "$sfi_flags -fmemsentry-rw=rw" ;;
    mpx) echo "-fsanitize=safe-stack -fmemsentry=mpx" ;;
    mpx-rw) echo "-fsanitize=safe-stack -fmemsentry=mpx -fmemsentry-rw=rw" ;;
    hide) echo "-fmemsentry=hide" ;;
    safe-stack-hide) echo "-fsanitize=safe-stack -fmemsentry=hide" ;;
    mpk) echo "-fmemsentry=mpk" ;;
    mpk-w) echo "-fmemsentry=mpk -fmemsentry-rw=w" ;;
    mpk-call-ret | mpk-icall | mpk-libfunc)
        echo "-fmemsentry=mpk $(flags_of_points "${1#mpk-}")" ;;
    count-*)
        echo "-fmemsentry=hide $(flags_of_points "${1#count-}")" \
            "-Xclang -mllvm -Xclang -memsentry-benchdomain-count" ;;
    unchecked) echo "$memsentry_flags -fno-memsentry-verify-external-call-args" ;;
    esac
}
# A level is the name of an optimization level, or one of these.
flags_of_level() {
    case $1 in
    O3-native) echo "-O3 -march=native" ;;
    lto) echo "-O2 -flto" ;;
    thinlto) echo "-O2 -flto=thin" ;;
    *) echo "-$1" ;;
    esac
}
use_shims_of() { PATH=$1/sdk/driver/shims:$PATH; }

program() { "$root/tests/programs/program" "$@"; }

# Archives of bitcode need a table of symbols that binutils cannot make.
use_llvm_archivers() {
    local tool
    mkdir -p "$work/archivers"
    for tool in ar nm ranlib; do
        ln -sf "$(command -v "llvm-$tool-$llvm")" "$work/archivers/$tool"
    done
    PATH=$work/archivers:$PATH
}

# What configure is told of the machine for which it builds, where that is not this one: what is
# made for MPX does not start without it.
host_of() {
    case $1 in
    mpx | mpx-rw) echo x86_64-linux-gnu ;;
    esac
}

# program_for BUILD LEVEL ACTION ARGUMENT...: with that compiler and its flags.
program_for() {
    local build=$1 level=$2 ldflags
    shift 2
    ldflags=$(flags_of "$build")
    case $level in
    *lto)
        use_llvm_archivers
        ldflags="$(flags_of_level "$level") $ldflags"
        ;;
    esac
    CC=$(compiler_of "$build") CXX=$(cxx_compiler_of "$build") \
        CFLAGS="$(flags_of_level "$level") $(flags_of "$build")" LDFLAGS=$ldflags \
        CONFIGURE_HOST=$(host_of "$build") program "$@"
}

# build_program NAME BUILD LEVEL: from $work/sources to $work/programs/NAME/BUILD-LEVEL.
build_program() {
    local directory=$work/programs/$1/$2-$3
    program_for "$2" "$3" configure "$1" "$work/sources/$1" "$directory" &&
        program_for "$2" "$3" build "$1" "$directory"
}

# A build system that lost our flags on the way would pass every comparison with stock: the library
# tells that the link had them, the symbol that the compilation had.
are_hardened() {
    local binary
    for binary; do
        { readelf -dW "$binary" && readelf -W --dyn-syms "$binary"; } >"$work/readelf" &&
            grep -q 'NEEDED.*libmemsentry_rt' "$work/readelf" &&
            grep -q 'UND __memsentry_abi_' "$work/readelf" && continue
        echo "$binary is not hardened"
        return 1
    done
}
is_hardened() {
    local binaries
    binaries=$(program binaries "$1" "$2") || return
    mapfile -t binaries <<<"$binaries"
    are_hardened "${binaries[@]}"
}

build_measure() { clang-$llvm -O2 "$root/bench/measure.c" -o "$work/measure"; }

# What git calls this tree, with its uncommitted changes but for those in docs/; without git, no
# tree is like another.
tree_revision() {
    local name changes=(git -C "$root" diff HEAD -- . ':!docs')
    name=$(git -C "$root" describe --always --abbrev=40 2>/dev/null) || { date +%s; return; }
    [ -z "$("${changes[@]}")" ] || name=$name-dirty-$("${changes[@]}" | cksum | tr ' ' -)
    echo "$name"
}

build_victim() {
    # The frame pointer is what the victim's leak reads.
    # shellcheck disable=SC2046
    mkdir -p "$work/victim" &&
        "$(compiler_of "$1")" -O2 -g -fno-omit-frame-pointer $(flags_of "$1") \
            "$root/tests/attack/victim/victim.c" -o "$work/victim/$1"
}
