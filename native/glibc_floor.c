/*
 * What libpmem2's archive calls and the oldest supported C library (glibc 2.28) lacks: it links
 * stat and fstat into each program, and later ones export them with version 2.33. The linker binds
 * all other functions to their old versions: see cmake/glibc-floor.
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
