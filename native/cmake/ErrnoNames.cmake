# Writes OUTPUT, one "E(ENAME)" for each errno value that the C library's header defines.
file(WRITE ${OUTPUT}.c "#include <errno.h>\n")
execute_process(
  COMMAND ${CC} -dM -E ${OUTPUT}.c
  OUTPUT_VARIABLE macros
  COMMAND_ERROR_IS_FATAL ANY)
# Only names with a number: EWOULDBLOCK and similar ones are aliases.
string(REGEX MATCHALL "#define E[A-Z0-9]+ [0-9]+" defines "${macros}")
list(SORT defines)
set(names "")
foreach(define IN LISTS defines)
  string(REGEX REPLACE "#define (E[A-Z0-9]+) .*" "E(\\1)\n" name "${define}")
  string(APPEND names "${name}")
endforeach()
file(WRITE ${OUTPUT} "${names}")
