/* Waits for the kernel's notifications on open files; another thread can end the wait. */
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <unistd.h>

#include "jni_plumbing.h"
#include "system_call.h"

_Static_assert(CONSTANT(POLLIN) == POLLIN, "POLLIN");
_Static_assert(CONSTANT(POLLPRI) == POLLPRI, "POLLPRI");
_Static_assert(CONSTANT(POLLERR) == POLLERR, "POLLERR");
_Static_assert(sizeof(jint) == sizeof(int), "descriptors cross as they are");

/* Counts the descriptor that a call returned, unless it failed. */
static jint counted(jint code) {
    if (code >= 0)
        count_live(CONSTANT(LIVE_DESCRIPTORS), 1);
    return code;
}

JNIEXPORT jint NATIVE(eventfd)(JNIEnv *env, jclass cls) {
    (void)env;
    (void)cls;
    return counted(SYSTEM_CALL(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)));
}

JNIEXPORT jint NATIVE(dup)(JNIEnv *env, jclass cls, jint fd) {
    (void)env;
    (void)cls;
    return counted(SYSTEM_CALL(fcntl(fd, F_DUPFD_CLOEXEC, 0)));
}

JNIEXPORT jint NATIVE(eventfdWrite)(JNIEnv *env, jclass cls, jint fd) {
    (void)env;
    (void)cls;
    return SYSTEM_CALL(eventfd_write(fd, 1));
}

JNIEXPORT jint NATIVE(eventfdRead)(JNIEnv *env, jclass cls, jint fd) {
    (void)env;
    (void)cls;
    eventfd_t ignored;
    return SYSTEM_CALL(eventfd_read(fd, &ignored));
}

JNIEXPORT jint NATIVE(ueventSocket)(JNIEnv *env, jclass cls) {
    (void)env;
    (void)cls;
    int type = SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK;
    int fd = SYSTEM_CALL(socket(AF_NETLINK, type, NETLINK_KOBJECT_UEVENT));
    if (fd < 0)
        return fd;
    struct sockaddr_nl from_kernel = {.nl_family = AF_NETLINK, .nl_groups = 1};
    int code = SYSTEM_CALL(bind(fd, (struct sockaddr *)&from_kernel, sizeof(from_kernel)));
    if (code < 0) {
        close(fd);
        return code;
    }
    return counted(fd);
}

/*
 * Whether a device got another table, or something of an NVDIMM bus was added, removed or changed.
 * A message begins with its action and the device's path in sysfs.
 */
static bool concerns_lists(const char *message) {
    return strstr(message, "/ndbus") != NULL ||
           (strncmp(message, "change@", strlen("change@")) == 0 &&
            strstr(message, "/block/dm-") != NULL);
}

JNIEXPORT jint NATIVE(ueventRead)(JNIEnv *env, jclass cls, jint fd) {
    (void)env;
    (void)cls;
    char message[4096]; /* the kernel's have at most 2 KiB of properties */
    jint changed = 0;
    for (;;) {
        ssize_t length = SYSTEM_CALL(recv(fd, message, sizeof(message) - 1, 0));
        if (length == -EAGAIN)
            return changed;
        if (length < 0 && length != -ENOBUFS)
            return (jint)length;
        message[length < 0 ? 0 : length] = '\0';
        /* ENOBUFS: some were lost. */
        if (length < 0 || concerns_lists(message))
            changed = 1;
    }
}

JNIEXPORT jint NATIVE(inotifyInit)(JNIEnv *env, jclass cls) {
    (void)env;
    (void)cls;
    return counted(SYSTEM_CALL(inotify_init1(IN_CLOEXEC | IN_NONBLOCK)));
}

JNIEXPORT jint NATIVE(inotifyAddWatch)(JNIEnv *env, jclass cls, jint fd, jbyteArray pathname) {
    (void)cls;
    char path[PATH_MAX];
    if (!get_path(env, pathname, path))
        return -ENAMETOOLONG;
    return SYSTEM_CALL(inotify_add_watch(fd, path, IN_ATTRIB | IN_CLOSE_WRITE));
}

JNIEXPORT jint NATIVE(poll)(JNIEnv *env, jclass cls, jintArray fds, jintArray events,
                            jintArray revents, jint timeout) {
    (void)cls;
    jsize count = (*env)->GetArrayLength(env, fds);
    struct pollfd *polled = calloc((size_t)count, sizeof(*polled));
    if (polled == NULL)
        return -ENOMEM;
    for (jsize i = 0; i < count; i++) {
        jint wanted;
        (*env)->GetIntArrayRegion(env, fds, i, 1, &polled[i].fd);
        (*env)->GetIntArrayRegion(env, events, i, 1, &wanted);
        polled[i].events = (short)wanted;
    }
    int code;
    if (timeout < 0) {
        code = SYSTEM_CALL(poll(polled, (nfds_t)count, -1));
    } else {
        /* A restart would wait for the whole time again after every signal. */
        code = poll(polled, (nfds_t)count, timeout);
        if (code < 0)
            code = errno == EINTR ? 0 : -errno;
    }
    for (jsize i = 0; i < count; i++) {
        jint seen = polled[i].revents;
        (*env)->SetIntArrayRegion(env, revents, i, 1, &seen);
    }
    free(polled);
    return code;
}
