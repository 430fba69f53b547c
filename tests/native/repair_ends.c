/*
 * Preloaded by the Java suite, it ends a repair after a reader has read the file's attribute and
 * before it opens the journal. It does so once for each file with the name in PMEM2J_REPAIR_ENDS,
 * which it removes.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

/* Java first queries whether there is an attribute, and then its value. */
#define CALLS_OF_A_LOOK 2

static int calls;

static void end_repair(const char *path, const char *name, const char *journal) {
    if (removexattr(path, name) != 0 || unlink(journal) != 0)
        abort();
}

ssize_t getxattr(const char *path, const char *name, void *value, size_t size) {
    const char *order = getenv("PMEM2J_REPAIR_ENDS");
    ssize_t length = syscall(SYS_getxattr, path, name, value, size);
    if (length <= 0 || length >= PATH_MAX || order == NULL || access(order, F_OK) != 0)
        return length;
    calls++;
    if (calls == CALLS_OF_A_LOOK) {
        char journal[PATH_MAX] = "";
        memcpy(journal, value, (size_t)length);
        end_repair(path, name, journal);
        unlink(order);
        calls = 0;
    }
    return length;
}
