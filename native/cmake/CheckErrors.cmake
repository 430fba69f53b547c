# Fails unless ENUM (Pmem2Error.java) has exactly the PMEM2_E_* codes of HEADER.
function(codes out file regex)
  file(READ ${file} text)
  string(REGEX MATCHALL "${regex}" found "${text}")
  list(TRANSFORM found REPLACE "${regex}" "\\1=\\2")
  list(SORT found)
  set(${out} "${found}" PARENT_SCOPE)
endfunction()

codes(wanted ${HEADER} "PMEM2_E_([A-Z0-9_]+)[ \t]+\\((-[0-9]+)\\)")
codes(present ${ENUM} "PMEM2_E_([A-Z0-9_]+)\\((-[0-9_]+)\\)")
list(TRANSFORM present REPLACE "_([0-9][0-9][0-9])$" "\\1") # Java writes -100_000
list(LENGTH wanted count)
if(count LESS 30 OR NOT wanted STREQUAL present)
  message(FATAL_ERROR "Pmem2Error.java differs from ${HEADER}:\n${present}\nshould be\n${wanted}")
endif()
file(TOUCH ${STAMP})
