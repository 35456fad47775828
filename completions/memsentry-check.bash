# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash
# Completion for memsentry-check and memsentry-symbolize.

_memsentry_tool() {
    local current=${COMP_WORDS[COMP_CWORD]} words
    COMPREPLY=()
    case $1 in
    *-check) words='--json --help --version' ;;
    *) words='--symbolizer= --help --version' ;;
    esac
    if [[ $current == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
    fi
}

complete -o default -F _memsentry_tool memsentry-check memsentry-symbolize
