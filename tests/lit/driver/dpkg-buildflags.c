// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The recipe of docs/building.md for Debian packages.
// REQUIRES: dpkg-buildflags

// DEFINE: %{ours} = -fsanitize=safe-stack -fmemsentry=sfi
// RUN: bash -c 'export DEB_BUILD_MAINT_OPTIONS=hardening=+all DEB_CFLAGS_APPEND="%{ours}" DEB_LDFLAGS_APPEND="%{ours}" && %memsentry-clang $(dpkg-buildflags --get CPPFLAGS) $(dpkg-buildflags --get CFLAGS) -c %s -o %t.o && %memsentry-clang $(dpkg-buildflags --get LDFLAGS) %t.o -o %t 2>&1' | count 0
// RUN: %t && %tools/memsentry-check %t | %FileCheck %s
// CHECK: {{^}}{{.*}}: full
// CHECK: RELRO full, binding now

int main(void)
{
    return 0;
}
