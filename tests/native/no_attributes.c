/* Preloaded by the Java suite, it makes every file system appear to lack extended attributes. */
#include <errno.h>
#include <sys/xattr.h>

ssize_t getxattr(const char *path, const char *name, void *value, size_t size) {
    (void)path, (void)name, (void)value, (void)size;
    errno = EOPNOTSUPP;
    return -1;
}

ssize_t fgetxattr(int fd, const char *name, void *value, size_t size) {
    (void)fd, (void)name, (void)value, (void)size;
    errno = EOPNOTSUPP;
    return -1;
}

int fsetxattr(int fd, const char *name, const void *value, size_t size, int flags) {
    (void)fd, (void)name, (void)value, (void)size, (void)flags;
    errno = EOPNOTSUPP;
    return -1;
}

int fremovexattr(int fd, const char *name) {
    (void)fd, (void)name;
    errno = EOPNOTSUPP;
    return -1;
}
