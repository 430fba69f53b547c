/* The methods of pmem2_map.c. */
#include "native_calls.h"
#include <errno.h>
#include <unistd.h>

NATIVE_CALL(mapRead) {
    int fd = open_unsynced("file", 16);
    jlong source = new_source(fd);
    jbyteArray buf = new_bytes(12 * PAGE), message = new_bytes(MESSAGE);
    jlong code =
        WITH_FAULTS(NATIVE(mapRead)(env, NULL, source, buf, PAGE, 10 * PAGE, PAGE + 1, message));
    const jbyte *bytes = elements(buf);
    for (jint i = 0; code >= 0 && i < 12 * PAGE; i++)
        CHECK_EQ(bytes[i], i < PAGE || i >= 11 * PAGE ? 0 : (i + 1) / PAGE + 1);
    NATIVE(sourceDelete)(env, NULL, source);
    close(fd);
    return code;
}

/* A range outside the array is refused. */
NATIVE_CALL(mapRead_outside) {
    int fd = open_unsynced("file", 16);
    jlong source = new_source(fd);
    jbyteArray buf = new_bytes(2 * PAGE), message = new_bytes(MESSAGE);
    jlong code = WITH_FAULTS(NATIVE(mapRead)(env, NULL, source, buf, 1, 2 * PAGE, 0, message));
    CHECK_EQ(*(jbyte *)elements(buf), 0);
    NATIVE(sourceDelete)(env, NULL, source);
    close(fd);
    return code == -EFAULT ? 0 : code;
}

/* A read of lost bytes is an error, and does not crash the process. */
NATIVE_CALL(mapRead_lost) {
    int fd = open_unsynced("file", 16);
    jlong source = new_source(fd);
    jbyteArray buf = new_bytes(10 * PAGE), message = new_bytes(MESSAGE);
    cut_when_mapped = fd;
    jlong code = WITH_FAULTS(NATIVE(mapRead)(env, NULL, source, buf, 0, 10 * PAGE, 0, message));
    cut_when_mapped = -1;
    NATIVE(sourceDelete)(env, NULL, source);
    close(fd);
    return code == -EFAULT ? 0 : code;
}

/* Whether the file is unchanged but for this many bytes from PAGE + 1 on; -1: any number. */
static void check_mapped(int fd, int changed) {
    static char bytes[16 * PAGE];
    CHECK_EQ(pread(fd, bytes, sizeof(bytes), 0), sizeof(bytes));
    if (changed < 0)
        for (changed = 0; changed < 10 * PAGE && bytes[PAGE + 1 + changed] == 'x';)
            changed++;
    for (int i = 0; i < 16 * PAGE; i++)
        CHECK_EQ(bytes[i], i >= PAGE + 1 && i < PAGE + 1 + changed ? 'x' : i / PAGE + 1);
}

/* Writes 10 pages, from PAGE + 1 on, out of an array of 11. */
static jlong write_mapped(int fd, jint from) {
    jlong source = new_source(fd);
    jbyteArray buf = new_bytes(11 * PAGE), message = new_bytes(MESSAGE);
    memset(elements(buf), 'x', 11 * PAGE);
    jlong code =
        WITH_FAULTS(NATIVE(mapWrite)(env, NULL, source, buf, from, 10 * PAGE, PAGE + 1, message));
    NATIVE(sourceDelete)(env, NULL, source);
    return code;
}

NATIVE_CALL(mapWrite) {
    int fd = open_unsynced("file", 16);
    CHECK_EQ(setenv("PMEM2_FORCE_GRANULARITY", "CACHE_LINE", 1), 0); /* as a dax device has */
    jlong code = write_mapped(fd, PAGE);
    CHECK_EQ(unsetenv("PMEM2_FORCE_GRANULARITY"), 0);
    check_mapped(fd, code < 0 ? -1 : 10 * PAGE);
    close(fd);
    return code;
}

/* A write through a mapping that needs msync(2) is refused. */
NATIVE_CALL(mapWrite_pages) {
    int fd = open_unsynced("file", 16);
    jlong code = write_mapped(fd, PAGE);
    check_mapped(fd, 0);
    close(fd);
    return code == PMEM2_E_GRANULARITY_NOT_SUPPORTED ? 0 : code;
}

/* A range outside the array is refused. */
NATIVE_CALL(mapWrite_outside) {
    int fd = open_unsynced("file", 16);
    jlong code = write_mapped(fd, PAGE + 1);
    check_mapped(fd, 0);
    close(fd);
    return code == -EFAULT ? 0 : code;
}

/* A write to lost bytes is an error, and does not crash: here the file ends before the mapping. */
NATIVE_CALL(mapWrite_lost) {
    int fd = open_unsynced("file", 16);
    CHECK_EQ(setenv("PMEM2_FORCE_GRANULARITY", "CACHE_LINE", 1), 0);
    cut_when_mapped = fd;
    jlong code = write_mapped(fd, PAGE);
    cut_when_mapped = -1;
    CHECK_EQ(unsetenv("PMEM2_FORCE_GRANULARITY"), 0);
    close(fd);
    return code == -EFAULT ? 0 : code;
}
