/* The methods of io.c and poll.c. */
#include "native_calls.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

/* Whether every byte of the file from `from` to `to` has this value. */
static void check_file(int fd, off_t from, off_t to, char byte) {
    for (char read; from < to; from++) {
        CHECK_EQ(pread(fd, &read, 1, from), 1);
        CHECK_EQ(read, byte);
    }
}

NATIVE_CALL(pread) {
    int fd = open_unsynced("file", PAGES);
    jbyteArray buf = new_bytes(3 * PAGE);
    jlong code = WITH_FAULTS(NATIVE(pread)(env, NULL, fd, buf, PAGE, 2 * PAGE, PAGE));
    const jbyte *bytes = elements(buf);
    CHECK_EQ(code, code < 0 ? code : injection.error == SHORT ? PAGE : 2 * PAGE);
    for (jint i = 0; i < 3 * PAGE; i++)
        CHECK_EQ(bytes[i], i < PAGE || i >= PAGE + code ? 0 : i / PAGE + 1);
    close(fd);
    return code;
}

NATIVE_CALL(pwrite) {
    int fd = open_unsynced("file", PAGES);
    jbyteArray buf = new_bytes(3 * PAGE);
    memset(elements(buf), 'x', 3 * PAGE);
    jlong code = WITH_FAULTS(NATIVE(pwrite)(env, NULL, fd, buf, PAGE, 2 * PAGE, 2 * PAGE));
    CHECK_EQ(code, code < 0 ? code : injection.error == SHORT ? PAGE : 2 * PAGE);
    check_file(fd, PAGE, 2 * PAGE, 2);
    check_file(fd, 2 * PAGE, 2 * PAGE + (code < 0 ? 0 : code), 'x');
    close(fd);
    return code;
}

/* Nothing past the end of the array is written. */
NATIVE_CALL(pwrite_outside) {
    int fd = open_unsynced("file", PAGES);
    jbyteArray buf = new_bytes(PAGE);
    jlong code = WITH_FAULTS(NATIVE(pwrite)(env, NULL, fd, buf, 1, PAGE, 0));
    CHECK(code < 0);
    CHECK(take_exception() || injection.call != NULL);
    check_file(fd, 0, PAGE, 1);
    close(fd);
    return injection.call != NULL ? code : 0;
}

NATIVE_CALL(lseek) {
    int fd = open_unsynced("file", PAGES);
    jlong code = WITH_FAULTS(NATIVE(lseek)(env, NULL, fd, PAGE, SEEK_HOLE));
    if (code >= 0)
        CHECK_EQ(code, PAGES * PAGE);
    close(fd);
    return code;
}

NATIVE_CALL(sendfile) {
    int in = open_unsynced("file", PAGES), out = open_unsynced("copy", 0);
    jlong code = WITH_FAULTS(NATIVE(sendfile)(env, NULL, out, in, PAGE, 2 * PAGE));
    if (code >= 0) {
        CHECK_EQ(code, injection.error == SHORT ? PAGE : 2 * PAGE);
        check_file(out, 0, PAGE, 0);
        check_file(out, PAGE, PAGE + PAGE, 2);
    }
    close(in);
    close(out);
    return code;
}

NATIVE_CALL(fsync) {
    int fd = open_unsynced("file", PAGES);
    jlong code = WITH_FAULTS(NATIVE(fsync)(env, NULL, fd));
    close(fd);
    return code;
}

NATIVE_CALL(fallocate) {
    int fd = open_unsynced("file", PAGES);
    jint punch = CONSTANT(FALLOC_FL_PUNCH_HOLE) | CONSTANT(FALLOC_FL_KEEP_SIZE);
    jlong code = WITH_FAULTS(NATIVE(fallocate)(env, NULL, fd, punch, PAGE, PAGE));
    check_file(fd, PAGE, 2 * PAGE, code < 0 ? 2 : 0);
    check_file(fd, 2 * PAGE, 3 * PAGE, 3);
    close(fd);
    return code;
}

NATIVE_CALL(ftruncate) {
    int fd = open_unsynced("file", PAGES);
    jlong code = WITH_FAULTS(NATIVE(ftruncate)(env, NULL, fd, PAGE));
    CHECK_EQ(lseek(fd, 0, SEEK_END), code < 0 ? PAGES * PAGE : PAGE);
    close(fd);
    return code;
}

NATIVE_CALL(flock) {
    int fd = open_unsynced("file", PAGES);
    jlong code = WITH_FAULTS(NATIVE(flock)(env, NULL, fd, LOCK_EX | LOCK_NB));
    char *path = scratch_path("file");
    int other = open(path, O_RDONLY | O_CLOEXEC);
    CHECK_EQ(flock(other, LOCK_EX | LOCK_NB), code < 0 ? 0 : -1);
    free(path);
    close(other);
    close(fd);
    return code;
}

NATIVE_CALL(getVersion) {
    int fd = open_unsynced("file", PAGES);
    jlongArray generation = new_longs(1);
    jlong code = WITH_FAULTS(NATIVE(getVersion)(env, NULL, fd, generation));
    close(fd);
    return code;
}

#define MARK "user.pmem2j.repair"

NATIVE_CALL(setXattr) {
    int fd = open_unsynced("file", PAGES);
    jbyteArray value = new_text("/journal");
    jlong code = WITH_FAULTS(NATIVE(setXattr)(env, NULL, fd, value));
    char text[64] = "";
    CHECK_EQ(fgetxattr(fd, MARK, text, sizeof(text)), code < 0 ? -1 : (jlong)strlen("/journal"));
    CHECK(strcmp(text, code < 0 ? "" : "/journal") == 0);
    CHECK(code < 0 || fremovexattr(fd, MARK) == 0);
    close(fd);
    return code;
}

NATIVE_CALL(getXattr) {
    int fd = open_unsynced("file", PAGES);
    CHECK_EQ(fsetxattr(fd, MARK, "/journal", strlen("/journal"), 0), 0);
    char *path = scratch_path("file");
    jbyteArray name = new_text(path), value = new_bytes(64);
    jlong code = WITH_FAULTS(NATIVE(getXattr)(env, NULL, name, value));
    CHECK(strcmp(elements(value), code < 0 ? "" : "/journal") == 0);
    CHECK_EQ(fremovexattr(fd, MARK), 0);
    free(path);
    close(fd);
    return code;
}

NATIVE_CALL(removeXattr) {
    int fd = open_unsynced("file", PAGES);
    CHECK_EQ(fsetxattr(fd, MARK, "/journal", strlen("/journal"), 0), 0);
    jlong code = WITH_FAULTS(NATIVE(removeXattr)(env, NULL, fd));
    CHECK_EQ(fremovexattr(fd, MARK), code < 0 ? 0 : -1);
    close(fd);
    return code;
}

/* An access control list that adds to the mode: it has an entry for a user. */
NATIVE_CALL(aclLength) {
    static const uint16_t list[] = {2,  0,            /* its version */
                                    1,  6, -1,   -1,  /* the owner: read and write */
                                    2,  4, 1234, 0,   /* user 1234: read */
                                    4,  0, -1,   -1,  /* the group: nothing */
                                    16, 4, -1,   -1,  /* the mask */
                                    32, 0, -1,   -1}; /* others: nothing */
    int fd = open_unsynced("file", PAGES);
    CHECK_EQ(NATIVE(aclLength)(env, NULL, fd), -ENODATA);
    CHECK_EQ(fsetxattr(fd, "system.posix_acl_access", list, sizeof(list), 0), 0);
    jlong length = WITH_FAULTS(NATIVE(aclLength)(env, NULL, fd));
    CHECK(length < 0 || length == sizeof(list));
    CHECK_EQ(fremovexattr(fd, "system.posix_acl_access"), 0);
    close(fd);
    return length;
}

NATIVE_CALL(eventfd) {
    jint fd = WITH_FAULTS(NATIVE(eventfd)(env, NULL));
    if (fd >= 0) {
        eventfd_t value;
        CHECK(fcntl(fd, F_GETFD) & FD_CLOEXEC);
        CHECK_EQ(eventfd_read(fd, &value), -1); /* 0, and does not wait */
        NATIVE(close)(env, NULL, fd);
    }
    return fd;
}

NATIVE_CALL(dup) {
    int fd = open_unsynced("file", PAGES);
    jint duplicate = WITH_FAULTS(NATIVE(dup)(env, NULL, fd));
    if (duplicate >= 0) {
        CHECK(fcntl(duplicate, F_GETFD) & FD_CLOEXEC);
        check_file(duplicate, PAGE, PAGE + 1, 2);
        NATIVE(close)(env, NULL, duplicate);
    }
    close(fd);
    return duplicate;
}

NATIVE_CALL(eventfdWrite) {
    int fd = eventfd(0, EFD_NONBLOCK);
    jlong code = WITH_FAULTS(NATIVE(eventfdWrite)(env, NULL, fd));
    eventfd_t value = 0;
    CHECK_EQ(eventfd_read(fd, &value), code < 0 ? -1 : 0);
    CHECK_EQ(value, code < 0 ? 0 : 1);
    close(fd);
    return code;
}

NATIVE_CALL(eventfdRead) {
    int fd = eventfd(5, EFD_NONBLOCK);
    jlong code = WITH_FAULTS(NATIVE(eventfdRead)(env, NULL, fd));
    eventfd_t value = 0;
    CHECK_EQ(eventfd_read(fd, &value), code < 0 ? 0 : -1);
    close(fd);
    return code;
}

NATIVE_CALL(inotifyInit) {
    jint fd = WITH_FAULTS(NATIVE(inotifyInit)(env, NULL));
    if (fd >= 0) {
        char byte;
        CHECK(fcntl(fd, F_GETFD) & FD_CLOEXEC);
        CHECK_EQ(read(fd, &byte, 1), -1); /* nothing, and does not wait */
        NATIVE(close)(env, NULL, fd);
    }
    return fd;
}

/* A change of an attribute is reported, and the end of a use for writing; reading is not. */
NATIVE_CALL(inotifyAddWatch) {
    close(open_unsynced("file", PAGES));
    char *name = scratch_path("file");
    jbyteArray path = new_text(name);
    int events = inotify_init1(IN_NONBLOCK);
    jint code = WITH_FAULTS(NATIVE(inotifyAddWatch)(env, NULL, events, path));
    CHECK_EQ(close(open(name, O_RDONLY)), 0);
    struct inotify_event event;
    CHECK_EQ(read(events, &event, sizeof(event)), -1);
    CHECK_EQ(chmod(name, 0600), 0);
    CHECK_EQ(close(open(name, O_WRONLY)), 0);
    const uint32_t masks[] = {IN_ATTRIB, IN_CLOSE_WRITE};
    for (size_t i = 0; i < 2; i++) {
        CHECK_EQ(read(events, &event, sizeof(event)), code < 0 ? -1 : (ssize_t)sizeof(event));
        CHECK(code < 0 || event.mask == masks[i]);
    }
    free(name);
    close(events);
    return code;
}

NATIVE_CALL(ueventSocket) {
    jint fd = WITH_FAULTS(NATIVE(ueventSocket)(env, NULL));
    if (fd >= 0) {
        CHECK(fcntl(fd, F_GETFD) & FD_CLOEXEC);
        CHECK_EQ(NATIVE(ueventRead)(env, NULL, fd) & ~1, 0); /* does not wait, either */
        NATIVE(close)(env, NULL, fd);
    }
    return fd;
}

/* Writes messages like the kernel's to one end of a pair of sockets, and reads all of them. */
static jlong read_uevents(size_t count, const char *const *messages) {
    int ends[2];
    CHECK_EQ(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, ends), 0);
    for (size_t i = 0; i < count; i++)
        CHECK(write(ends[1], messages[i], strlen(messages[i]) + 1) > 0);
    jlong code = WITH_FAULTS(NATIVE(ueventRead)(env, NULL, ends[0]));
    close(ends[0]);
    close(ends[1]);
    return code;
}

NATIVE_CALL(ueventRead) {
    const char *const messages[] = {"add@/devices/virtual/block/dm-0",
                                    "change@/devices/virtual/block/loop0",
                                    "change@/devices/virtual/block/dm-0", "add@/devices/x"};
    jlong code = read_uevents(4, messages);
    CHECK(code < 0 || code == 1);
    return code;
}

NATIVE_CALL(ueventRead_of_a_bus) {
    const char *const messages[] = {
        "add@/devices/x", "remove@/devices/platform/e820_pmem/ndbus0/region0/pfn0.0/block/pmem0",
        "add@/devices/x"};
    jlong code = read_uevents(3, messages);
    CHECK(code < 0 || code == 1);
    return code;
}

NATIVE_CALL(ueventRead_of_others) {
    const char *const messages[] = {"", "add@/devices/virtual/block/dm-0",
                                    "change@/devices/virtual/block/loop0"};
    jlong code = read_uevents(3, messages);
    CHECK(code <= 0);
    return code;
}

/* An interrupted wait with a timeout ends, although no descriptor is ready. */
static jlong poll_for(jint timeout) {
    int ready = eventfd(1, EFD_NONBLOCK), idle = eventfd(0, EFD_NONBLOCK);
    jintArray fds = new_ints(2), events = new_ints(2), revents = new_ints(2);
    memcpy(elements(fds), (jint[]){idle, ready}, 2 * sizeof(jint));
    memcpy(elements(events), (jint[]){POLLIN, POLLIN}, 2 * sizeof(jint));
    jlong code = WITH_FAULTS(NATIVE(poll)(env, NULL, fds, events, revents, timeout));
    bool interrupted = timeout >= 0 && injection.error == EINTR && code == 0;
    const jint *seen = elements(revents);
    CHECK_EQ(seen[0], 0);
    CHECK_EQ(seen[1], code < 0 || interrupted ? 0 : POLLIN);
    if (code >= 0)
        CHECK_EQ(code, interrupted ? 0 : 1);
    close(ready);
    close(idle);
    return code;
}

NATIVE_CALL(poll) {
    return poll_for(-1);
}

NATIVE_CALL(poll_with_timeout) {
    return poll_for(60 * 1000);
}
