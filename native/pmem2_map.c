/* The bytes of a dax device, which only a mapping reaches: pmem2_map_*. */
#include <errno.h>
#include <fcntl.h>
#include <libpmem2.h>
#include <string.h>
#include <unistd.h>

#include "jni_plumbing.h"
#include "ndctl_binding.h"
#include "system_call.h"

enum { CHUNK = 16384 }; /* less than a pipe takes at once */

/* Maps what holds the range; the range begins at *start. */
static int map(struct pmem2_map **out, char **start, struct pmem2_source *source, uint64_t offset,
               size_t count, enum pmem2_granularity granularity) {
    size_t alignment;
    int code = PMEM2_CALL(pmem2_source_alignment(source, &alignment));
    if (code != 0)
        return code;
    struct pmem2_config *config;
    code = pmem2_config_new(&config);
    if (code != 0)
        return code;
    size_t before = (size_t)(offset % alignment);
    size_t length = (before + count + alignment - 1) / alignment * alignment;
    code = pmem2_config_set_required_store_granularity(config, granularity);
    if (code == 0)
        code = pmem2_config_set_offset(config, offset - before);
    if (code == 0)
        code = pmem2_config_set_length(config, length);
    if (code == 0)
        code = PMEM2_CALL(pmem2_map_new(out, config, source));
    if (code == 0)
        *start = (char *)pmem2_map_get_address(*out) + before;
    pmem2_config_delete(&config);
    return code;
}

/*
 * Lets the kernel read the mapping, by way of a pipe: where the medium has lost the bytes it can
 * say EFAULT, and to touch them here would be a SIGBUS.
 */
static ssize_t through(const int ends[2], const char *from, char *to, size_t count) {
    ssize_t written = SYSTEM_CALL(write(ends[1], from, count));
    for (ssize_t done = 0; done < written;) {
        ssize_t got = SYSTEM_CALL(read(ends[0], to + done, (size_t)(written - done)));
        if (got < 0)
            return got;
        done += got;
    }
    return written;
}

JNIEXPORT jint NATIVE(mapRead)(JNIEnv *env, jclass cls, jlong source, jbyteArray bytes, jint from,
                               jint count, jlong offset, jbyteArray errormsg) {
    (void)cls;
    int ends[2];
    int code = SYSTEM_CALL(pipe2(ends, O_CLOEXEC | O_NONBLOCK));
    if (code != 0)
        return report(env, code, errormsg);
    struct pmem2_map *mapping = NULL;
    char *start = NULL;
    code = map(&mapping, &start, pointer(source), (uint64_t)offset, (size_t)count,
               PMEM2_GRANULARITY_PAGE);
    jint done = 0;
    while (code == 0 && done < count) {
        char chunk[CHUNK];
        jint rest = count - done;
        ssize_t got = through(ends, start + done, chunk, (size_t)(rest < CHUNK ? rest : CHUNK));
        if (got < 0) {
            code = (int)got;
        } else {
            (*env)->SetByteArrayRegion(env, bytes, from + done, (jint)got, (const jbyte *)chunk);
            done += (jint)got;
        }
    }
    if (mapping != NULL)
        pmem2_map_delete(&mapping);
    close(ends[0]);
    close(ends[1]);
    return report_ndctl(env, code, errormsg);
}

JNIEXPORT jint NATIVE(mapWrite)(JNIEnv *env, jclass cls, jlong source, jbyteArray bytes, jint from,
                                jint count, jlong offset, jbyteArray errormsg) {
    (void)cls;
    jsize room = (*env)->GetArrayLength(env, bytes);
    if (from < 0 || count < 0 || from > room - count)
        return report(env, -EFAULT, errormsg); /* before anything is overwritten */
    struct pmem2_map *mapping = NULL;
    char *start = NULL;
    /* To persist pages is msync(2), and where that fails libpmem2 ends the process. */
    int code = map(&mapping, &start, pointer(source), (uint64_t)offset, (size_t)count,
                   PMEM2_GRANULARITY_CACHE_LINE);
    if (code != 0)
        return report_ndctl(env, code, errormsg);
    for (jint done = 0; done < count;) {
        char chunk[CHUNK];
        jint rest = count - done;
        jint length = rest < CHUNK ? rest : CHUNK;
        (*env)->GetByteArrayRegion(env, bytes, from + done, length, (jbyte *)chunk);
        memcpy(start + done, chunk, (size_t)length);
        done += length;
    }
    /* Not its memcpy, which our copy of the archive is without: see cmake/TrimArchive.java. */
    pmem2_get_persist_fn(mapping)(start, (size_t)count);
    return report_ndctl(env, pmem2_map_delete(&mapping), errormsg);
}
