# Linux on 64-bit ARM, with Debian's cross compiler:
#
#   cmake --toolchain native/toolchains/linux_arm64.cmake -S . -B build/cmake-linux_arm64
#
# libpmem2 and libndctl's headers are the target's own, from what ci/sysroot unpacks.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)

execute_process(
  COMMAND ${CMAKE_CURRENT_LIST_DIR}/../../ci/sysroot bookworm arm64
  OUTPUT_VARIABLE CMAKE_FIND_ROOT_PATH
  OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
