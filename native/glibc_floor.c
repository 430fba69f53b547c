/*
 * What libpmem2's archive calls and the oldest C library that we run on (glibc 2.28) lacks: it had
 * stat and fstat inside each program, and later ones have them as symbols of version 2.33. All
 * other functions are bound to their old versions by the linker: see cmake/glibc-floor.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int stat(const char *restrict pathname, struct stat *restrict statbuf) {
    return (int)syscall(SYS_newfstatat, AT_FDCWD, pathname, statbuf, 0);
}

int fstat(int fd, struct stat *statbuf) {
    return (int)syscall(SYS_fstat, fd, statbuf);
}
