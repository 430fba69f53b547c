/* The layout of a file system on its device: FIEMAP, GETFSMAP; and its attributes of a file. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/fsmap.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "jni_plumbing.h"
#include "system_call.h"

_Static_assert(CONSTANT(FIEMAP_FLAG_SYNC) == FIEMAP_FLAG_SYNC, "FIEMAP_FLAG_SYNC");
_Static_assert(CONSTANT(FIEMAP_EXTENT_LAST) == FIEMAP_EXTENT_LAST, "FIEMAP_EXTENT_LAST");
_Static_assert(CONSTANT(FIEMAP_EXTENT_UNKNOWN) == FIEMAP_EXTENT_UNKNOWN, "FIEMAP_EXTENT_UNKNOWN");
_Static_assert(CONSTANT(FIEMAP_EXTENT_DELALLOC) == FIEMAP_EXTENT_DELALLOC,
               "FIEMAP_EXTENT_DELALLOC");
_Static_assert(CONSTANT(FIEMAP_EXTENT_ENCODED) == FIEMAP_EXTENT_ENCODED, "FIEMAP_EXTENT_ENCODED");
_Static_assert(CONSTANT(FIEMAP_EXTENT_NOT_ALIGNED) == FIEMAP_EXTENT_NOT_ALIGNED,
               "FIEMAP_EXTENT_NOT_ALIGNED");
_Static_assert(CONSTANT(FIEMAP_EXTENT_DATA_INLINE) == FIEMAP_EXTENT_DATA_INLINE,
               "FIEMAP_EXTENT_DATA_INLINE");
_Static_assert(CONSTANT(FIEMAP_EXTENT_DATA_TAIL) == FIEMAP_EXTENT_DATA_TAIL,
               "FIEMAP_EXTENT_DATA_TAIL");
_Static_assert(CONSTANT(FIEMAP_EXTENT_UNWRITTEN) == FIEMAP_EXTENT_UNWRITTEN,
               "FIEMAP_EXTENT_UNWRITTEN");
_Static_assert(CONSTANT(FIEMAP_EXTENT_MERGED) == FIEMAP_EXTENT_MERGED, "FIEMAP_EXTENT_MERGED");
_Static_assert(CONSTANT(FIEMAP_EXTENT_SHARED) == FIEMAP_EXTENT_SHARED, "FIEMAP_EXTENT_SHARED");
_Static_assert(CONSTANT(FMR_OF_PREALLOC) == FMR_OF_PREALLOC, "FMR_OF_PREALLOC");
_Static_assert(CONSTANT(FMR_OF_ATTR_FORK) == FMR_OF_ATTR_FORK, "FMR_OF_ATTR_FORK");
_Static_assert(CONSTANT(FMR_OF_EXTENT_MAP) == FMR_OF_EXTENT_MAP, "FMR_OF_EXTENT_MAP");
_Static_assert(CONSTANT(FMR_OF_SPECIAL_OWNER) == FMR_OF_SPECIAL_OWNER, "FMR_OF_SPECIAL_OWNER");
_Static_assert(CONSTANT(FMR_OF_LAST) == FMR_OF_LAST, "FMR_OF_LAST");
_Static_assert(CONSTANT(FS_XFLAG_REALTIME) == FS_XFLAG_REALTIME, "FS_XFLAG_REALTIME");

static jint read_extents(JNIEnv *env, int fd, jlong start, jlong end, jint flags,
                         jlongArray extents) {
    jsize capacity = (*env)->GetArrayLength(env, extents) / CONSTANT(EXTENT_LENGTH);
    struct fiemap *map =
        calloc(1, sizeof(struct fiemap) + (size_t)capacity * sizeof(struct fiemap_extent));
    if (map == NULL)
        return -ENOMEM;
    *map = (struct fiemap){.fm_start = (uint64_t)start,
                           .fm_length = (uint64_t)end - (uint64_t)start,
                           .fm_flags = (uint32_t)flags,
                           .fm_extent_count = (uint32_t)capacity};
    jint count = SYSTEM_CALL(ioctl(fd, FS_IOC_FIEMAP, map));
    if (count == 0)
        count = map->fm_mapped_extents <= (uint32_t)capacity ? (jint)map->fm_mapped_extents
                                                             : -EPROTO; // past the array's end
    if (count > 0) {
        jlong *fields = (*env)->GetPrimitiveArrayCritical(env, extents, NULL);
        if (fields == NULL) {
            free(map);
            return -ENOMEM;
        }
        for (jint i = 0; i < count; i++) {
            const struct fiemap_extent *extent = &map->fm_extents[i];
            jlong *to = fields + (size_t)i * CONSTANT(EXTENT_LENGTH);
            to[CONSTANT(EXTENT_LOGICAL)] = (jlong)extent->fe_logical;
            to[CONSTANT(EXTENT_PHYSICAL)] = (jlong)extent->fe_physical;
            to[CONSTANT(EXTENT_BYTES)] = (jlong)extent->fe_length;
            to[CONSTANT(EXTENT_FLAGS)] = extent->fe_flags;
        }
        (*env)->ReleasePrimitiveArrayCritical(env, extents, fields, 0);
    }
    free(map);
    return count;
}

JNIEXPORT jint NATIVE(fiemap)(JNIEnv *env, jclass cls, jint fd, jlong start, jlong end, jint flags,
                              jlongArray extents) {
    (void)cls;
    return read_extents(env, fd, start, end, flags, extents);
}

JNIEXPORT jint NATIVE(fiemapOf)(JNIEnv *env, jclass cls, jbyteArray pathname, jlongArray extents) {
    (void)cls;
    char path[PATH_MAX];
    if (!get_path(env, pathname, path))
        return -ENAMETOOLONG;
    int fd = SYSTEM_CALL(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW));
    if (fd < 0)
        return fd;
    jint count = read_extents(env, fd, 0, INT64_MAX, 0, extents);
    close(fd);
    return count;
}

JNIEXPORT jint NATIVE(fsmap)(JNIEnv *env, jclass cls, jint fd, jlongArray last,
                             jlongArray records) {
    (void)cls;
    jlong from[CONSTANT(FSMAP_LENGTH)];
    (*env)->GetLongArrayRegion(env, last, 0, CONSTANT(FSMAP_LENGTH), from);
    jsize capacity = (*env)->GetArrayLength(env, records) / CONSTANT(FSMAP_LENGTH);
    struct fsmap_head *map = calloc(1, fsmap_sizeof((unsigned int)capacity));
    if (map == NULL)
        return -ENOMEM;
    map->fmh_count = (uint32_t)capacity;
    map->fmh_keys[0] = (struct fsmap){.fmr_device = (uint32_t)from[CONSTANT(FSMAP_DEVICE)],
                                      .fmr_flags = (uint32_t)from[CONSTANT(FSMAP_FLAGS)],
                                      .fmr_physical = (uint64_t)from[CONSTANT(FSMAP_PHYSICAL)],
                                      .fmr_owner = (uint64_t)from[CONSTANT(FSMAP_OWNER)],
                                      .fmr_offset = (uint64_t)from[CONSTANT(FSMAP_OFFSET)],
                                      .fmr_length = (uint64_t)from[CONSTANT(FSMAP_BYTES)]};
    map->fmh_keys[1] = (struct fsmap){.fmr_device = UINT32_MAX,
                                      .fmr_flags = UINT32_MAX,
                                      .fmr_physical = UINT64_MAX,
                                      .fmr_owner = UINT64_MAX,
                                      .fmr_offset = UINT64_MAX};
    jint count = SYSTEM_CALL(ioctl(fd, FS_IOC_GETFSMAP, map));
    if (count == 0)
        count = map->fmh_entries <= (uint32_t)capacity ? (jint)map->fmh_entries
                                                       : -EPROTO; // past the array's end
    for (jint i = 0; i < count; i++) {
        const struct fsmap *record = &map->fmh_recs[i];
        jlong fields[CONSTANT(FSMAP_LENGTH)];
        fields[CONSTANT(FSMAP_DEVICE)] = record->fmr_device;
        fields[CONSTANT(FSMAP_FLAGS)] = record->fmr_flags;
        fields[CONSTANT(FSMAP_PHYSICAL)] = (jlong)record->fmr_physical;
        fields[CONSTANT(FSMAP_OWNER)] = (jlong)record->fmr_owner;
        fields[CONSTANT(FSMAP_OFFSET)] = (jlong)record->fmr_offset;
        fields[CONSTANT(FSMAP_BYTES)] = (jlong)record->fmr_length;
        (*env)->SetLongArrayRegion(env, records, i * CONSTANT(FSMAP_LENGTH), CONSTANT(FSMAP_LENGTH),
                                   fields);
    }
    free(map);
    return count;
}

/* Zeros where the file system has none. */
static int get_attributes(int fd, struct fsxattr *attributes) {
    int code = SYSTEM_CALL(ioctl(fd, FS_IOC_FSGETXATTR, attributes));
    if (code == -ENOTTY || code == -EOPNOTSUPP) {
        *attributes = (struct fsxattr){0};
        return 0;
    }
    return code;
}

JNIEXPORT jlong NATIVE(fileFlags)(JNIEnv *env, jclass cls, jint fd) {
    (void)env;
    (void)cls;
    struct fsxattr attributes;
    int code = get_attributes(fd, &attributes);
    return code < 0 ? code : (jlong)attributes.fsx_xflags;
}

JNIEXPORT jlong NATIVE(fileProject)(JNIEnv *env, jclass cls, jint fd) {
    (void)env;
    (void)cls;
    struct fsxattr attributes;
    int code = get_attributes(fd, &attributes);
    return code < 0 ? code : (jlong)attributes.fsx_projid;
}

JNIEXPORT jint NATIVE(setFileProject)(JNIEnv *env, jclass cls, jint fd, jlong project) {
    (void)env;
    (void)cls;
    struct fsxattr attributes;
    int code = get_attributes(fd, &attributes);
    if (code < 0 || attributes.fsx_projid == (uint32_t)project)
        return code;
    attributes.fsx_projid = (uint32_t)project;
    return SYSTEM_CALL(ioctl(fd, FS_IOC_FSSETXATTR, &attributes));
}
