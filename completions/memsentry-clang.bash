# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash
# Completion for memsentry-clang and memsentry-clang++: our options, then clang's own.

_memsentry_clang() {
    local driver=$1 current head words
    # bash splits words at "="; the line has them whole.
    current=${COMP_LINE:0:COMP_POINT}
    current=${current##*[[:space:]]}
    COMPREPLY=()
    case $current in
    -fmemsentry=*)
        words=$("$driver" --print-memsentry-backends 2>/dev/null |
            awk 'NF == 0 { exit } NR > 1 { print "-fmemsentry=" $1 }')
        ;;
    -fmemsentry-rw=*) words='-fmemsentry-rw=r -fmemsentry-rw=w -fmemsentry-rw=rw' ;;
    -fmemsentry-proof=*)
        words='-fmemsentry-proof=error -fmemsentry-proof=warn -fmemsentry-proof=off'
        ;;
    -fmemsentry-defense=*) words=$(compgen -f -P -fmemsentry-defense= -- "${current#*=}") ;;
    -*)
        words="-fmemsentry= -fno-memsentry -fmemsentry-rw= -fmemsentry-proof=
            -fmemsentry-whitelist-section=
            -fmemsentry-ignorelist= -fmemsentry-defense= -fmemsentry-defense-arg=
            -fmemsentry-verify-external-call-args -fno-memsentry-verify-external-call-args
            -fmemsentry-malloc -fno-memsentry-malloc -fmemsentry-mpk-preserve
            -fno-memsentry-mpk-preserve -fmemsentry-benchdomain= -fmemsentry-benchdomain-libfunc-file=
            -fsanitize=safe-stack --print-memsentry-backends
            -Wno-memsentry-no-safestack -Wno-memsentry-uninstrumented -Wno-memsentry-asm
            $("$driver" --autocomplete="$current" 2>/dev/null | cut -f 1)"
        ;;
    *) return ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
    # What stands before the last "=" is a word of its own to bash.
    head=${current%"${current##*=}"}
    COMPREPLY=("${COMPREPLY[@]#"$head"}")
    [[ ${#COMPREPLY[@]} != 1 || ${COMPREPLY[0]} != *= ]] || compopt -o nospace 2>/dev/null
}

complete -o default -F _memsentry_clang memsentry-clang memsentry-clang++
