/* A CHECK that fails must be a crash for the fuzzer. */
#include "../scripted_ndctl_test.h"
#include <stdarg.h>

void fail_at(const char *file, int line, const char *format, ...) {
    fprintf(stderr, "%s:%d: ", file, line);
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    abort();
}
