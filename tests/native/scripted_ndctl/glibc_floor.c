/* What the scripted libraries use and the oldest glibc lacks, so that tests run there, too. */
#include "../../../native/glibc_floor.c"

#include <errno.h>
#include <string.h>

const char *strerrorname_np(int number) {
    switch (number) {
#define E(name)                                                                                    \
    case name:                                                                                     \
        return #name;
#include "errno_names.inc"
#undef E
    default:
        return NULL;
    }
}
