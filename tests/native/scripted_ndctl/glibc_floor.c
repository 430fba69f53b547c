/* The functions that the scripted libraries use and the oldest supported glibc lacks. */
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
