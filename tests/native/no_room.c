/* Preloaded by the Java suite, it makes the allocation of blocks fail, but not their release. */
#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

int fallocate(int fd, int mode, off_t offset, off_t length) {
    if (mode & FALLOC_FL_PUNCH_HOLE)
        return (int)syscall(SYS_fallocate, fd, mode, offset, length);
    errno = ENOSPC;
    return -1;
}
