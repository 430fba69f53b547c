/* Reads, writes and replaces a file's bytes: the calls whose errno Java's own file API hides. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "jni_plumbing.h"
#include "system_call.h"

_Static_assert(CONSTANT(EIO) == EIO, "EIO");
_Static_assert(CONSTANT(EFAULT) == EFAULT, "EFAULT");
_Static_assert(CONSTANT(FALLOC_FL_KEEP_SIZE) == FALLOC_FL_KEEP_SIZE, "FALLOC_FL_KEEP_SIZE");
_Static_assert(CONSTANT(FALLOC_FL_PUNCH_HOLE) == FALLOC_FL_PUNCH_HOLE, "FALLOC_FL_PUNCH_HOLE");
_Static_assert(CONSTANT(SEEK_END) == SEEK_END, "SEEK_END");
_Static_assert(CONSTANT(SEEK_DATA) == SEEK_DATA, "SEEK_DATA");
_Static_assert(CONSTANT(SEEK_HOLE) == SEEK_HOLE, "SEEK_HOLE");
_Static_assert(CONSTANT(LOCK_SH) == LOCK_SH, "LOCK_SH");
_Static_assert(CONSTANT(LOCK_EX) == LOCK_EX, "LOCK_EX");
_Static_assert(CONSTANT(LOCK_NB) == LOCK_NB, "LOCK_NB");

/*
 * The kernel transfers the bytes to or from a buffer of at most this size: an array may move during
 * the call, and O_DIRECT needs an aligned address.
 */
#define BOUNCE (256 * 1024)
#define ALIGNMENT 4096

static char *bounce(jint *count) {
    void *bytes;
    if (*count > BOUNCE)
        *count = BOUNCE;
    return posix_memalign(&bytes, ALIGNMENT, (size_t)*count) == 0 ? bytes : NULL;
}

JNIEXPORT jint NATIVE(pread)(JNIEnv *env, jclass cls, jint fd, jbyteArray buf, jint from,
                             jint count, jlong offset) {
    (void)cls;
    char *bytes = bounce(&count);
    if (bytes == NULL)
        return -ENOMEM;
    jint result = (jint)SYSTEM_CALL(pread(fd, bytes, (size_t)count, offset));
    if (result > 0)
        (*env)->SetByteArrayRegion(env, buf, from, result, (const jbyte *)bytes);
    free(bytes);
    return result;
}

JNIEXPORT jint NATIVE(pwrite)(JNIEnv *env, jclass cls, jint fd, jbyteArray buf, jint from,
                              jint count, jlong offset) {
    (void)cls;
    char *bytes = bounce(&count);
    if (bytes == NULL)
        return -ENOMEM;
    (*env)->GetByteArrayRegion(env, buf, from, count, (jbyte *)bytes);
    jint result = (*env)->ExceptionCheck(env)
                      ? -EFAULT
                      : (jint)SYSTEM_CALL(pwrite(fd, bytes, (size_t)count, offset));
    free(bytes);
    return result;
}

JNIEXPORT jlong NATIVE(lseek)(JNIEnv *env, jclass cls, jint fd, jlong offset, jint whence) {
    (void)env;
    (void)cls;
    return SYSTEM_CALL(lseek(fd, offset, whence));
}

JNIEXPORT jlong NATIVE(sendfile)(JNIEnv *env, jclass cls, jint out, jint in, jlong offset,
                                 jlong count) {
    (void)env;
    (void)cls;
    off_t from = offset;
    off_t at = SYSTEM_CALL(lseek(out, offset, SEEK_SET));
    if (at < 0)
        return at;
    return SYSTEM_CALL(sendfile(out, in, &from, (size_t)count));
}

JNIEXPORT jint NATIVE(fsync)(JNIEnv *env, jclass cls, jint fd) {
    (void)env;
    (void)cls;
    return SYSTEM_CALL(fsync(fd));
}

JNIEXPORT jint NATIVE(fallocate)(JNIEnv *env, jclass cls, jint fd, jint mode, jlong offset,
                                 jlong len) {
    (void)env;
    (void)cls;
    return SYSTEM_CALL(fallocate(fd, mode, offset, len));
}

JNIEXPORT jint NATIVE(ftruncate)(JNIEnv *env, jclass cls, jint fd, jlong length) {
    (void)env;
    (void)cls;
    return SYSTEM_CALL(ftruncate(fd, length));
}

JNIEXPORT jint NATIVE(flock)(JNIEnv *env, jclass cls, jint fd, jint operation) {
    (void)env;
    (void)cls;
    return SYSTEM_CALL(flock(fd, operation));
}

JNIEXPORT jint NATIVE(getVersion)(JNIEnv *env, jclass cls, jint fd, jlongArray generation) {
    (void)cls;
    /* The request's number says long, but file systems write an int. */
    union {
        long as_declared;
        int as_written;
    } version = {0};
    int code = SYSTEM_CALL(ioctl(fd, FS_IOC_GETVERSION, &version));
    if (code == 0)
        put_long(env, generation, (uint32_t)version.as_written);
    return code;
}

/* Names the journal of an unfinished repair, and stays with the file when that is renamed. */
#define XATTR_REPAIR "user.pmem2j.repair"
#define XATTR_VALUE_SIZE 4096 /* a path */

JNIEXPORT jint NATIVE(getXattr)(JNIEnv *env, jclass cls, jbyteArray path, jbyteArray value) {
    (void)cls;
    char name[PATH_MAX], text[XATTR_VALUE_SIZE];
    if (!get_path(env, path, name))
        return -ENAMETOOLONG;
    ssize_t got = SYSTEM_CALL(getxattr(name, XATTR_REPAIR, text, sizeof(text)));
    if (got < 0)
        return (jint)got;
    jsize capacity = (*env)->GetArrayLength(env, value);
    (*env)->SetByteArrayRegion(env, value, 0, got < capacity ? (jsize)got : capacity,
                               (jbyte *)text);
    return (jint)got;
}

JNIEXPORT jint NATIVE(setXattr)(JNIEnv *env, jclass cls, jint fd, jbyteArray value) {
    (void)cls;
    char text[XATTR_VALUE_SIZE];
    jsize length = (*env)->GetArrayLength(env, value);
    if ((size_t)length > sizeof(text))
        return -ENAMETOOLONG;
    (*env)->GetByteArrayRegion(env, value, 0, length, (jbyte *)text);
    return SYSTEM_CALL(fsetxattr(fd, XATTR_REPAIR, text, (size_t)length, 0));
}

JNIEXPORT jint NATIVE(removeXattr)(JNIEnv *env, jclass cls, jint fd) {
    (void)env;
    (void)cls;
    return SYSTEM_CALL(fremovexattr(fd, XATTR_REPAIR));
}

JNIEXPORT jint NATIVE(aclLength)(JNIEnv *env, jclass cls, jint fd) {
    (void)env;
    (void)cls;
    return (jint)SYSTEM_CALL(fgetxattr(fd, "system.posix_acl_access", NULL, 0));
}
