/*
 * Preloaded, it ends a repair between the reader's look at the file's mark and its look for the
 * journal: for the Java suite. It does so once for each file of the name in PMEM2J_REPAIR_ENDS,
 * which it removes.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

ssize_t getxattr(const char *path, const char *name, void *value, size_t size) {
    const char *order = getenv("PMEM2J_REPAIR_ENDS");
    ssize_t length = syscall(SYS_getxattr, path, name, value, size);
    char journal[PATH_MAX];
    if (length > 0 && size > 0 && (size_t)length < sizeof journal && order != NULL &&
        unlink(order) == 0) {
        memcpy(journal, value, (size_t)length);
        journal[length] = '\0';
        if (removexattr(path, name) != 0 || unlink(journal) != 0)
            abort();
    }
    return length;
}
