/* Preloaded by the Java suite, it fails to sync each file that is marked as under repair. */
#include <errno.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

int fsync(int fd) {
    if (fgetxattr(fd, "user.pmem2j.repair", NULL, 0) > 0) {
        errno = EIO;
        return -1;
    }
    return (int)syscall(SYS_fsync, fd);
}
