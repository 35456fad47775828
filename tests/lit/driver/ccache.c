// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// ccache in front of the driver: an object is taken from the cache only where nothing has changed,
// and the plugin cannot change without the driver.
// REQUIRES: ccache

// RUN: rm -rf %t && mkdir -p %t/usr/bin && cp %memsentry-clang %t/usr/bin/memsentry-clang && cd %t
// RUN: bash -c 'p=$(%t/usr/bin/memsentry-clang -fmemsentry=sfi -c %s 2>&1 | sed -n "s/.*no such file: .\(.*\).memsentry.so.;.*/\1/p") && mkdir -p "$p" && cp %plugin "$p"'
// DEFINE: %{compile} = env CCACHE_DIR=%t/cache ccache %t/usr/bin/memsentry-clang -fsanitize=safe-stack -O2 -c %s
// DEFINE: %{count} = env CCACHE_DIR=%t/cache ccache --print-stats

// RUN: %{compile} -fmemsentry=sfi -o 1.o && %{compile} -fmemsentry=sfi -o 2.o && cmp 1.o 2.o
// RUN: %{count} | %FileCheck --check-prefix=HIT %s
// HIT: cache_miss{{[[:space:]]+}}1{{$}}
// Options of ours count.
// RUN: %{compile} -fmemsentry=sfi -fno-memsentry-verify-external-call-args -o 3.o
// RUN: %{compile} -fno-memsentry -o 4.o && %not cmp 1.o 4.o
// RUN: %{count} | %FileCheck --check-prefix=OPTIONS %s
// OPTIONS: cache_miss{{[[:space:]]+}}3{{$}}
// Another driver, as another plugin makes one, finds nothing, whether ccache looks at the time of
// the file or at its contents.
// RUN: echo >> usr/bin/memsentry-clang && %{compile} -fmemsentry=sfi -o 5.o
// RUN: %{count} | %FileCheck --check-prefix=DRIVER %s
// DRIVER: cache_miss{{[[:space:]]+}}4{{$}}
// RUN: bash -c '[[ $(%memsentry-clang --version) == *"(plugin $(sha256sum < %plugin | cut -c 1-16))" ]]'
// A plugin that was replaced by hand is for the user to name.
// RUN: bash -c 'echo >> $(find usr -name memsentry.so)'
// RUN: bash -c 'CCACHE_EXTRAFILES=$(find %t/usr -name memsentry.so) %{compile} -fmemsentry=sfi -o 6.o'
// RUN: %{count} | %FileCheck --check-prefix=NAMED %s
// NAMED: cache_miss{{[[:space:]]+}}5{{$}}

#include <string.h>

void f(char *text)
{
    char copy[16];

    strcpy(copy, text);
    strcpy(text, copy);
}
