# The scripted libndctl.so.6 and libdaxctl.so.1, in <build>/tests/native/scripted_ndctl: put that
# directory in LD_LIBRARY_PATH to run libpmem2 on them.
set(scripted_dir ${CMAKE_CURRENT_BINARY_DIR}/scripted_ndctl)

function(add_scripted_library target name version map)
  add_library(${target} SHARED ${ARGN})
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME ${name}
    SOVERSION ${version}
    LIBRARY_OUTPUT_DIRECTORY ${scripted_dir}
    LINK_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/scripted_ndctl/${map})
  # No undefined symbol and no version of a symbol that is not there: what libpmem2 may call,
  # is there.
  target_link_options(${target} PRIVATE
    -Wl,--version-script=${CMAKE_CURRENT_SOURCE_DIR}/scripted_ndctl/${map}
    -Wl,--no-undefined-version)
endfunction()

add_scripted_library(scripted_daxctl daxctl 1 libdaxctl.map scripted_ndctl/daxctl.c)
add_scripted_library(scripted_ndctl ndctl 6 libndctl.map
  scripted_ndctl/badblocks.c
  scripted_ndctl/commands.c
  scripted_ndctl/hooks.c
  scripted_ndctl/memory.c
  scripted_ndctl/namespace.c
  scripted_ndctl/reader.c
  scripted_ndctl/record.c
  scripted_ndctl/script.c
  scripted_ndctl/topology.c)

# As part of the whole build, they run wherever libpmem2j runs: see ci/platforms.
if(TARGET pmem2j AND NOT PMEM2J_SANITIZE)
  set(generated ${CMAKE_BINARY_DIR}/native/generated)
  target_sources(scripted_ndctl PRIVATE scripted_ndctl/glibc_floor.c)
  add_dependencies(scripted_ndctl pmem2j)
  add_dependencies(scripted_daxctl pmem2j)
  target_include_directories(scripted_ndctl PRIVATE ${generated})
  target_link_options(scripted_ndctl PRIVATE -L${generated}/glibc)
  target_link_options(scripted_daxctl PRIVATE -L${generated}/glibc)
endif()
