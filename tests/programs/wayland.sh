# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Wayland: Meson, closures called through an uninstrumented libffi, tests that fork and are killed.
program_packages=(meson libffi-dev libexpat1-dev pkg-config)
program_binaries=(build/src/wayland-scanner build/src/libwayland-server.so.0
    build/src/libwayland-client.so.0)

program_build() {
    meson setup build --buildtype=plain -Ddocumentation=false -Ddtd_validation=false
    ninja -C build
}

program_test() {
    meson test -C build --print-errorlogs
}
