/*
 * The shim's use of JNI beyond its entry points: passing bytes and messages, and counting live
 * native objects. The generated header has the prototypes and constants.
 */
#ifndef PMEM2J_JNI_PLUMBING_H
#define PMEM2J_JNI_PLUMBING_H

#include <jni.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "io_github_pmem2j_internal_jni_Native.h"

/* Java_... entry point and constant of the dispatcher class. */
#define NATIVE(method) JNICALL Java_io_github_pmem2j_internal_jni_Native_##method
#define CONSTANT(name) io_github_pmem2j_internal_jni_Native_##name

/* Live native objects, by CONSTANT(LIVE_...). */
extern _Atomic int64_t live_handles[CONSTANT(LIVE_LENGTH)];

static inline void count_live(int kind, int by) {
    atomic_fetch_add_explicit(&live_handles[kind], by, memory_order_relaxed);
}

/* Copies pathname to path, with a terminating zero; false if it is too long. */
static inline bool get_path(JNIEnv *env, jbyteArray pathname, char path[static PATH_MAX]) {
    jsize length = (*env)->GetArrayLength(env, pathname);
    if (length >= PATH_MAX)
        return false;
    (*env)->GetByteArrayRegion(env, pathname, 0, length, (jbyte *)path);
    path[length] = '\0';
    return true;
}

/* Copies text into bytes, cut to fit and always terminated by a zero. */
void put_text(JNIEnv *env, jbyteArray bytes, const char *text);

/*
 * Returns code; on failure also fills in libpmem2's message, or "" if there is none. Every call of
 * libpmem2 that may leave a message ends here, and the message is cleared.
 */
jint report(JNIEnv *env, jint code, jbyteArray errormsg);

static inline void *pointer(jlong handle) {
    return (void *)(uintptr_t)handle;
}

static inline void put_long(JNIEnv *env, jlongArray array, int64_t value) {
    jlong element = value;
    (*env)->SetLongArrayRegion(env, array, 0, 1, &element);
}

static inline void put_handle(JNIEnv *env, jlongArray array, const void *handle) {
    put_long(env, array, (int64_t)(uintptr_t)handle);
}

#endif
