# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# What bash offers for a few beginnings. Arguments: the installed tree, and the driver in it.
# shellcheck shell=bash disable=SC1090
driver=$2
source "$(find "$1" -path '*completions/memsentry-clang')"

offers() {
    COMP_LINE="memsentry-clang $1" COMP_POINT=$((16 + ${#1}))
    _memsentry_clang "$driver"
}

missing=
offers -
for option in $("$driver" --help | sed -n '/^OPTIONS OF/,/^DEFENSES/s/^  \(-[^ =]*=\{0,1\}\).*/\1/p'); do
    # Only the word behind the last "=" is offered, and that is nothing here.
    [[ " ${COMPREPLY[*]} " == *" $option "* ]] || missing+=" $option"
done
echo "options: ${missing:-complete}"
for beginning in -fmemsentry-rw= -fmemsentry=s -fsyntax-on; do
    offers "$beginning"
    echo "$beginning:" $(printf '%s\n' "${COMPREPLY[@]}" | sort)
done
offers file
echo "file: ${COMPREPLY[*]:--}"
