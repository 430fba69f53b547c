/* Of library.c, errno_name.c, ndctl_binding.c and pmem2_*.c. */
#include "native_calls.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { MESSAGE = 256, SECTOR = 512 };
enum { BAD = 2 * PAGE }; /* where the bad page is in a damaged file */

NATIVE_CALL(version) {
    jbyteArray version = new_bytes(32);
    NATIVE(version)(env, NULL, version);
    CHECK(strchr(elements(version), '.') != NULL);
    return 0;
}

NATIVE_CALL(errnoName) {
    jbyteArray name = new_bytes(32);
    NATIVE(errnoName)(env, NULL, EIO, name);
    CHECK(strcmp(elements(name), "EIO") == 0);
    NATIVE(errnoName)(env, NULL, 4095, name);
    CHECK(strcmp(elements(name), "") == 0);
    return 0;
}

NATIVE_CALL(liveHandles) {
    jlongArray counts = new_longs(CONSTANT(LIVE_LENGTH));
    NATIVE(liveHandles)(env, NULL, counts);
    for (int i = 0; i < CONSTANT(LIVE_LENGTH); i++)
        CHECK_EQ(((jlong *)elements(counts))[i], live_handles[i]);
    return 0;
}

/* The first time that it succeeds is the last that it does anything: see main(). */
NATIVE_CALL(bindNdctl) {
    jbyteArray text = new_bytes(MESSAGE);
    jlong code = WITH_FAULTS(NATIVE(bindNdctl)(env, NULL, text));
    const char *says = injection.call == NULL                  ? "libndctl.so.6"
                       : strcmp(injection.call, "dlopen") == 0 ? "install libndctl6"
                       : strcmp(injection.call, "dlsym") == 0  ? "it is too old"
                                                               : "out of memory";
    CHECK(strstr(elements(text), says) != NULL);
    if (code == 0)
        keep_allocation(); /* the table */
    return code;
}

/* A file that libpmem2 finds to have a bad page, the third. */
static int open_damaged(void) {
    int fd = open_unsynced("damaged", PAGES);
    struct fiemap *map = extents_of(fd);
    const struct fiemap_extent *extent = map->fm_extents;
    while (extent->fe_logical + extent->fe_length <= BAD)
        extent++;
    use_example("fsdax");
    add_to_script("badblock %llu %d\n", (extent->fe_physical + BAD - extent->fe_logical) / SECTOR,
                  PAGE / SECTOR);
    free(map);
    return fd;
}

static jlong new_source(int fd) {
    jlongArray out = new_longs(1);
    CHECK_EQ(NATIVE(sourceFromFd)(env, NULL, out, fd, new_bytes(MESSAGE)), 0);
    return *(jlong *)elements(out);
}

static jlong new_context(jlong source) {
    jlongArray out = new_longs(1);
    CHECK_EQ(NATIVE(badblockContextNew)(env, NULL, out, source, new_bytes(MESSAGE)), 0);
    return *(jlong *)elements(out);
}

static void check_handle(jlong code, jlong handle, void (*delete)(JNIEnv *, jclass, jlong)) {
    CHECK((code == 0) == (handle != 0));
    if (handle != 0)
        delete (env, NULL, handle);
}

NATIVE_CALL(sourceFromFd) {
    int fd = open_unsynced("file", PAGES);
    jlongArray out = new_longs(1);
    jbyteArray message = new_bytes(MESSAGE);
    jlong code = WITH_FAULTS(NATIVE(sourceFromFd)(env, NULL, out, fd, message));
    check_handle(code, *(jlong *)elements(out), NATIVE(sourceDelete));
    close(fd);
    return code;
}

NATIVE_CALL(sourceFromAnon) {
    jlongArray out = new_longs(1);
    jbyteArray message = new_bytes(MESSAGE);
    jlong code = WITH_FAULTS(NATIVE(sourceFromAnon)(env, NULL, out, PAGE, message));
    check_handle(code, *(jlong *)elements(out), NATIVE(sourceDelete));
    return code;
}

NATIVE_CALL(sourceDelete) {
    int fd = open_unsynced("file", PAGES);
    jlong source = new_source(fd);
    injection_begin();
    NATIVE(sourceDelete)(env, NULL, source);
    injection_end();
    close(fd);
    return 0;
}

/* One of the questions about a source, which a number answers. */
static jlong ask(jint (*question)(JNIEnv *, jclass, jlong, jlongArray, jbyteArray), jlong answer) {
    int fd = open_damaged();
    jlong source = new_source(fd);
    jlongArray out = new_longs(1);
    jbyteArray message = new_bytes(MESSAGE);
    jlong code = WITH_FAULTS(question(env, NULL, source, out, message));
    CHECK_EQ(*(jlong *)elements(out), code < 0 ? 0 : answer);
    NATIVE(sourceDelete)(env, NULL, source);
    close(fd);
    return code;
}

NATIVE_CALL(sourceSize) {
    return ask(NATIVE(sourceSize), PAGES * PAGE);
}

NATIVE_CALL(sourceAlignment) {
    return ask(NATIVE(sourceAlignment), PAGE);
}

NATIVE_CALL(sourceDeviceUsc) {
    return ask(NATIVE(sourceDeviceUsc), 7);
}

NATIVE_CALL(sourceDeviceId) {
    int fd = open_damaged();
    jlong source = new_source(fd);
    jbyteArray id = new_bytes(MESSAGE), message = new_bytes(MESSAGE);
    jlong code = WITH_FAULTS(NATIVE(sourceDeviceId)(env, NULL, source, id, message));
    CHECK(strstr(elements(id), code < 0 ? "" : "8089-a2-1837-0000002") != NULL);
    NATIVE(sourceDelete)(env, NULL, source);
    close(fd);
    return code;
}

NATIVE_CALL(badblockContextNew) {
    int fd = open_damaged();
    jlong source = new_source(fd);
    jlongArray out = new_longs(1);
    jbyteArray message = new_bytes(MESSAGE);
    jlong code = WITH_FAULTS(NATIVE(badblockContextNew)(env, NULL, out, source, message));
    check_handle(code, *(jlong *)elements(out), NATIVE(badblockContextDelete));
    NATIVE(sourceDelete)(env, NULL, source);
    close(fd);
    return code;
}

NATIVE_CALL(badblockContextDelete) {
    int fd = open_damaged();
    jlong source = new_source(fd), context = new_context(source);
    injection_begin();
    NATIVE(badblockContextDelete)(env, NULL, context);
    injection_end();
    NATIVE(sourceDelete)(env, NULL, source);
    close(fd);
    return 0;
}

NATIVE_CALL(badblockNext) {
    int fd = open_damaged();
    jlong source = new_source(fd), context = new_context(source);
    jlongArray blocks = new_longs(2 * 8);
    jintArray count = new_ints(1);
    jbyteArray message = new_bytes(MESSAGE);
    jlong code = WITH_FAULTS(NATIVE(badblockNext)(env, NULL, context, blocks, count, message));
    const jlong *block = elements(blocks);
    if (code == PMEM2_E_NO_BAD_BLOCK_FOUND) {
        CHECK_EQ(*(jint *)elements(count), 1);
        CHECK(block[0] == BAD && block[1] == PAGE);
        code = 0;
    }
    NATIVE(badblockContextDelete)(env, NULL, context);
    NATIVE(sourceDelete)(env, NULL, source);
    close(fd);
    return code;
}

NATIVE_CALL(badblockClear) {
    int fd = open_damaged();
    jlong source = new_source(fd), context = new_context(source);
    jbyteArray message = new_bytes(MESSAGE);
    jlong code = WITH_FAULTS(NATIVE(badblockClear)(env, NULL, context, BAD, PAGE, message));
    char byte;
    CHECK_EQ(pread(fd, &byte, 1, BAD), 1);
    CHECK(byte == 0 || (code < 0 && byte == 3));
    NATIVE(badblockContextDelete)(env, NULL, context);
    NATIVE(sourceDelete)(env, NULL, source);
    close(fd);
    return code;
}

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

/* Whether the file holds what it held, but for 10 pages from PAGE + 1 on. */
static void check_mapped(int fd, char expected) {
    static char bytes[16 * PAGE];
    CHECK_EQ(pread(fd, bytes, sizeof(bytes), 0), sizeof(bytes));
    for (int i = 0; i < 16 * PAGE; i++) {
        bool changed = expected != 0 && i >= PAGE + 1 && i < 11 * PAGE + 1;
        CHECK_EQ(bytes[i], changed ? expected : i / PAGE + 1);
    }
}

/* Of 10 pages from PAGE + 1 on, out of an array of 11. */
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
    check_mapped(fd, code < 0 ? 0 : 'x');
    close(fd);
    return code;
}

/* Nothing is written through a mapping that takes msync(2) to persist, ... */
NATIVE_CALL(mapWrite_pages) {
    int fd = open_unsynced("file", 16);
    jlong code = write_mapped(fd, PAGE);
    check_mapped(fd, 0);
    close(fd);
    return code == PMEM2_E_GRANULARITY_NOT_SUPPORTED ? 0 : code;
}

/* ... or of what the array does not have. */
NATIVE_CALL(mapWrite_outside) {
    int fd = open_unsynced("file", 16);
    jlong code = write_mapped(fd, PAGE + 1);
    check_mapped(fd, 0);
    close(fd);
    return code == -EFAULT ? 0 : code;
}
