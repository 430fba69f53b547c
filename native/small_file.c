/* The whole content of the kernel's small files, such as sysfs attributes, and of links. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "jni_plumbing.h"
#include "system_call.h"

/* Reads to the end, so that no truncated content passes for a whole file. */
static ssize_t read_whole(int fd, char *buffer, size_t capacity) {
    size_t used = 0;
    while (used < capacity) {
        ssize_t count = SYSTEM_CALL(read(fd, buffer + used, capacity - used));
        if (count < 0)
            return count;
        if (count == 0)
            break;
        used += (size_t)count;
    }
    return (ssize_t)used;
}

JNIEXPORT jint NATIVE(readSmallFile)(JNIEnv *env, jclass cls, jbyteArray pathname,
                                     jbyteArray content) {
    (void)cls;
    char path[PATH_MAX];
    if (!get_path(env, pathname, path))
        return -ENAMETOOLONG;
    int fd = SYSTEM_CALL(open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY));
    if (fd < 0)
        return fd;
    char on_stack[4096 + 1];
    size_t capacity = (size_t)(*env)->GetArrayLength(env, content);
    char *buffer = capacity <= sizeof(on_stack) ? on_stack : malloc(capacity);
    ssize_t count = buffer == NULL ? -ENOMEM : read_whole(fd, buffer, capacity);
    close(fd);
    if (count > 0)
        (*env)->SetByteArrayRegion(env, content, 0, (jsize)count, (const jbyte *)buffer);
    if (buffer != on_stack)
        free(buffer);
    return (jint)count;
}

JNIEXPORT jint NATIVE(readlink)(JNIEnv *env, jclass cls, jbyteArray pathname, jbyteArray target) {
    (void)cls;
    char path[PATH_MAX], buffer[PATH_MAX];
    if (!get_path(env, pathname, path))
        return -ENAMETOOLONG;
    ssize_t count = SYSTEM_CALL(readlink(path, buffer, sizeof(buffer)));
    if (count < 0)
        return (jint)count;
    if (count > (*env)->GetArrayLength(env, target) || count == sizeof(buffer))
        return -ENAMETOOLONG;
    (*env)->SetByteArrayRegion(env, target, 0, (jsize)count, (const jbyte *)buffer);
    return (jint)count;
}
