/* The methods of library.c, errno_name.c, ndctl_binding.c, pmem2_source.c and pmem2_badblocks.c. */
#include "native_calls.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { SECTOR = 512 };
enum { BAD = 2 * PAGE }; /* the offset of the bad page in a damaged file */

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

/* Into an empty array, which has no room even for the terminating zero. */
NATIVE_CALL(version_nowhere) {
    NATIVE(version)(env, NULL, new_bytes(0));
    CHECK(!take_exception());
    return 0;
}

NATIVE_CALL(liveHandles) {
    jlongArray counts = new_longs(CONSTANT(LIVE_LENGTH));
    NATIVE(liveHandles)(env, NULL, counts);
    for (int i = 0; i < CONSTANT(LIVE_LENGTH); i++)
        CHECK_EQ(((jlong *)elements(counts))[i], live_handles[i]);
    return 0;
}

/* One symbol is missing: the message must name it and its library. */
static const char *missing_message(void) {
    return strncmp(injection_missing(), "daxctl_", strlen("daxctl_")) == 0
               ? "libdaxctl.so.1 has no daxctl_"
               : "libndctl.so.6 has no ndctl_";
}

/* After its first success, it has nothing left to do: see main(). */
NATIVE_CALL(bindNdctl) {
    jbyteArray text = new_bytes(MESSAGE);
    jlong code = WITH_FAULTS(NATIVE(bindNdctl)(env, NULL, text));
    const char *says = injection.call == NULL                  ? "libndctl.so.6"
                       : strcmp(injection.call, "dlopen") == 0 ? "install libndctl6"
                       : strcmp(injection.call, "dlsym") == 0  ? missing_message()
                                                               : "out of memory";
    CHECK(strstr(elements(text), says) != NULL);
    if (code == 0)
        keep_allocation(); /* the table */
    return code;
}

/* A file in which libpmem2 finds one bad page, the third. */
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

jlong new_source(int fd) {
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

/* A method that queries a number of a source. */
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
