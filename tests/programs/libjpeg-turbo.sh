# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# libjpeg-turbo: CMake, setjmp around everything that can fail, tables of function pointers.
program_packages=(cmake)
program_binaries=(build/djpeg build/libturbojpeg.so build/libjpeg.so)

program_build() {
    # Its SIMD code is assembly, which nothing can instrument.
    cmake -S . -B build -DCMAKE_BUILD_TYPE=None -DWITH_SIMD=0
    cmake --build build
}

program_test() {
    cd build
    ctest --output-on-failure -j "$(nproc)"
}
