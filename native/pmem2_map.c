/* The bytes of a dax device, which are accessible only through a mapping: pmem2_map_*. */
#include <errno.h>
#include <fcntl.h>
#include <libpmem2.h>
#include <stdbool.h>
#include <unistd.h>

#include "jni_plumbing.h"
#include "ndctl_binding.h"
#include "system_call.h"

enum { CHUNK = 16384 }; /* less than the capacity of a pipe */

/* Maps the pages of the range, which begins at *start. */
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
 * Copies between the mapping and our memory, in either direction, through a pipe: so the kernel
 * accesses the mapping, and returns EFAULT if the medium has lost the bytes or the device is gone.
 * An access here would raise SIGBUS.
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

static ssize_t read_chunk(JNIEnv *env, const int ends[2], char *mapped, jbyteArray bytes, jint at,
                          size_t count) {
    char chunk[CHUNK];
    ssize_t got = through(ends, mapped, chunk, count);
    if (got > 0)
        (*env)->SetByteArrayRegion(env, bytes, at, (jint)got, (const jbyte *)chunk);
    return got;
}

static ssize_t write_chunk(JNIEnv *env, const int ends[2], char *mapped, jbyteArray bytes, jint at,
                           size_t count) {
    char chunk[CHUNK];
    (*env)->GetByteArrayRegion(env, bytes, at, (jint)count, (jbyte *)chunk);
    return through(ends, chunk, mapped, count);
}

struct transfer {
    ssize_t (*chunk)(JNIEnv *, const int[2], char *, jbyteArray, jint, size_t);
    enum pmem2_granularity granularity;
    bool persist;
};

/* Page granularity needs msync(2), and if that fails libpmem2 aborts the process. */
static const struct transfer READ = {read_chunk, PMEM2_GRANULARITY_PAGE, false},
                             WRITE = {write_chunk, PMEM2_GRANULARITY_CACHE_LINE, true};

static jint transfer(JNIEnv *env, const struct transfer *how, jlong source, jbyteArray bytes,
                     jint from, jint count, jlong offset, jbyteArray errormsg) {
    jsize capacity = (*env)->GetArrayLength(env, bytes);
    if (from < 0 || count < 0 || from > capacity - count)
        return report(env, -EFAULT, errormsg); /* before anything is overwritten */
    int ends[2];
    int code = SYSTEM_CALL(pipe2(ends, O_CLOEXEC | O_NONBLOCK));
    if (code != 0)
        return report(env, code, errormsg);
    struct pmem2_map *mapping = NULL;
    char *start = NULL;
    code =
        map(&mapping, &start, pointer(source), (uint64_t)offset, (size_t)count, how->granularity);
    for (jint done = 0; code == 0 && done < count && !(*env)->ExceptionCheck(env);) {
        jint rest = count - done;
        ssize_t got = how->chunk(env, ends, start + done, bytes, from + done,
                                 (size_t)(rest < CHUNK ? rest : CHUNK));
        if (got < 0)
            code = (int)got;
        else
            done += (jint)got;
    }
    /* Not its memcpy, which our copy of the archive lacks: see cmake/TrimArchive.java. */
    if (code == 0 && how->persist)
        pmem2_get_persist_fn(mapping)(start, (size_t)count);
    if (mapping != NULL)
        pmem2_map_delete(&mapping);
    close(ends[0]);
    close(ends[1]);
    return report_ndctl(env, code, errormsg);
}

JNIEXPORT jint NATIVE(mapRead)(JNIEnv *env, jclass cls, jlong source, jbyteArray bytes, jint from,
                               jint count, jlong offset, jbyteArray errormsg) {
    (void)cls;
    return transfer(env, &READ, source, bytes, from, count, offset, errormsg);
}

JNIEXPORT jint NATIVE(mapWrite)(JNIEnv *env, jclass cls, jlong source, jbyteArray bytes, jint from,
                                jint count, jlong offset, jbyteArray errormsg) {
    (void)cls;
    return transfer(env, &WRITE, source, bytes, from, count, offset, errormsg);
}
