/* Open files: the system calls that Java's own file API lacks, or whose errno it hides. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "jni_plumbing.h"
#include "system_call.h"

_Static_assert(CONSTANT(ENOENT) == ENOENT, "ENOENT");
_Static_assert(CONSTANT(ENODATA) == ENODATA, "ENODATA");
_Static_assert(CONSTANT(ENOSPC) == ENOSPC, "ENOSPC");
_Static_assert(CONSTANT(S_IFMT) == S_IFMT, "S_IFMT");
_Static_assert(CONSTANT(S_IFREG) == S_IFREG, "S_IFREG");
_Static_assert(CONSTANT(S_IFCHR) == S_IFCHR, "S_IFCHR");
_Static_assert(CONSTANT(S_IFBLK) == S_IFBLK, "S_IFBLK");
_Static_assert(CONSTANT(S_IFDIR) == S_IFDIR, "S_IFDIR");

static int open_flags(int requested) {
    /* O_NONBLOCK: does not wait for the other end of a pipe or for the end of a lease. */
    int flags = O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    if (requested & CONSTANT(OPEN_DIRECT))
        flags |= O_DIRECT;
    if (requested & CONSTANT(OPEN_CREATE))
        flags |= O_CREAT | O_NOFOLLOW;
    if (requested & CONSTANT(OPEN_EXCLUSIVE))
        flags |= O_EXCL;
    if (requested & CONSTANT(OPEN_TEMPORARY))
        flags |= O_TMPFILE | O_EXCL;
    if (requested & CONSTANT(OPEN_PATH))
        return O_CLOEXEC | O_PATH;
    switch (requested & (CONSTANT(OPEN_READ) | CONSTANT(OPEN_WRITE))) {
    case CONSTANT(OPEN_READ) | CONSTANT(OPEN_WRITE):
        return flags | O_RDWR;
    case CONSTANT(OPEN_WRITE):
        return flags | O_WRONLY;
    default:
        return flags | O_RDONLY;
    }
}

JNIEXPORT jint NATIVE(open)(JNIEnv *env, jclass cls, jbyteArray pathname, jint flags) {
    (void)cls;
    char path[PATH_MAX];
    if (!get_path(env, pathname, path))
        return -ENAMETOOLONG;
    int fd = SYSTEM_CALL(open(path, open_flags(flags), 0600));
    if (fd >= 0)
        count_live(CONSTANT(LIVE_DESCRIPTORS), 1);
    return fd;
}

JNIEXPORT void NATIVE(close)(JNIEnv *env, jclass cls, jint fd) {
    (void)env;
    (void)cls;
    close(fd); /* on Linux this frees the descriptor even if it fails */
    count_live(CONSTANT(LIVE_DESCRIPTORS), -1);
}

JNIEXPORT jint NATIVE(statx)(JNIEnv *env, jclass cls, jint fd, jlongArray statxbuf) {
    (void)cls;
    struct statx st;
    int code = SYSTEM_CALL(statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &st));
    if (code != 0)
        return code;
    jlong fields[CONSTANT(STATX_LENGTH)];
    fields[CONSTANT(STATX_MODE)] = st.stx_mode;
    fields[CONSTANT(STATX_DEV_MAJOR)] = st.stx_dev_major;
    fields[CONSTANT(STATX_DEV_MINOR)] = st.stx_dev_minor;
    fields[CONSTANT(STATX_RDEV_MAJOR)] = st.stx_rdev_major;
    fields[CONSTANT(STATX_RDEV_MINOR)] = st.stx_rdev_minor;
    fields[CONSTANT(STATX_INO)] = (jlong)st.stx_ino;
    fields[CONSTANT(STATX_SIZE)] = (jlong)st.stx_size;
    fields[CONSTANT(STATX_BLKSIZE)] = st.stx_blksize;
    fields[CONSTANT(STATX_BLOCKS)] = (jlong)st.stx_blocks;
    /* Kernels before 5.10 do not report it: assume that it may be. */
    fields[CONSTANT(STATX_DAX)] =
        (st.stx_attributes & STATX_ATTR_DAX) != 0 || (st.stx_attributes_mask & STATX_ATTR_DAX) == 0;
    fields[CONSTANT(STATX_TRANSFORMED)] =
        (st.stx_attributes & (STATX_ATTR_ENCRYPTED | STATX_ATTR_COMPRESSED | STATX_ATTR_VERITY)) !=
        0;
    fields[CONSTANT(STATX_CTIME_SECONDS)] = st.stx_ctime.tv_sec;
    fields[CONSTANT(STATX_CTIME_NANOS)] = st.stx_ctime.tv_nsec;
    (*env)->SetLongArrayRegion(env, statxbuf, 0, CONSTANT(STATX_LENGTH), fields);
    return 0;
}

JNIEXPORT jint NATIVE(fstatfs)(JNIEnv *env, jclass cls, jint fd, jlongArray statfsbuf) {
    (void)cls;
    struct statfs buf;
    int code = SYSTEM_CALL(fstatfs(fd, &buf));
    if (code != 0)
        return code;
    jlong fields[] = {(uint32_t)buf.f_type, buf.f_bsize};
    (*env)->SetLongArrayRegion(env, statfsbuf, 0, 2, fields);
    return 0;
}
