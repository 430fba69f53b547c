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

/* Java asks whether there is a mark, and then what it is. */
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
