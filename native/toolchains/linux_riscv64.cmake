# Linux on 64-bit RISC-V, with Debian's cross compiler:
#
#   cmake --toolchain native/toolchains/linux_riscv64.cmake -S . -B build/cmake-linux_riscv64
#
# libpmem2 and libndctl's headers are the target's own, from what ci/sysroot unpacks:
# Debian 13's, the first that has them.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR riscv64)
set(CMAKE_C_COMPILER riscv64-linux-gnu-gcc)

execute_process(
  COMMAND ${CMAKE_CURRENT_LIST_DIR}/../../ci/sysroot trixie riscv64
  OUTPUT_VARIABLE CMAKE_FIND_ROOT_PATH
  OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
