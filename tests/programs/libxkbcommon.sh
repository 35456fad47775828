# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# libxkbcommon: Meson, a generated parser, large tables, a library of private symbols.
program_packages=(meson bison xkb-data pkg-config)
program_binaries=(build/xkbcli-compile-keymap build/libxkbcommon.so.0)

program_build() {
    meson setup build --buildtype=plain -Denable-x11=false -Denable-wayland=false \
        -Denable-docs=false -Denable-xkbregistry=false
    ninja -C build
}

program_test() {
    meson test -C build --print-errorlogs
}
