/* Where a file lies on its device: FIEMAP, and XFS's per-file flags. */
#include <errno.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <sys/ioctl.h>

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
_Static_assert(CONSTANT(FS_XFLAG_REALTIME) == FS_XFLAG_REALTIME, "FS_XFLAG_REALTIME");

JNIEXPORT jint NATIVE(fiemap)(JNIEnv *env, jclass cls, jint fd, jlong start, jint flags,
                              jlongArray extents) {
    (void)cls;
    jsize room = (*env)->GetArrayLength(env, extents) / CONSTANT(EXTENT_LENGTH);
    struct fiemap *map =
        calloc(1, sizeof(struct fiemap) + (size_t)room * sizeof(struct fiemap_extent));
    if (map == NULL)
        return -ENOMEM;
    *map = (struct fiemap){.fm_start = (uint64_t)start,
                           .fm_length = FIEMAP_MAX_OFFSET - (uint64_t)start,
                           .fm_flags = (uint32_t)flags,
                           .fm_extent_count = (uint32_t)room};
    jint count = SYSTEM_CALL(ioctl(fd, FS_IOC_FIEMAP, map));
    if (count == 0)
        count = map->fm_mapped_extents <= (uint32_t)room ? (jint)map->fm_mapped_extents
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

JNIEXPORT jlong NATIVE(fileFlags)(JNIEnv *env, jclass cls, jint fd) {
    (void)env;
    (void)cls;
    struct fsxattr attributes;
    int code = SYSTEM_CALL(ioctl(fd, FS_IOC_FSGETXATTR, &attributes));
    if (code == -ENOTTY || code == -EOPNOTSUPP)
        return 0;
    return code < 0 ? code : (jlong)attributes.fsx_xflags;
}
