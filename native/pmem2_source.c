/* pmem2_source_*: sources, on which bad-block contexts are opened. */
#include <libpmem2.h>

#include "jni_plumbing.h"
#include "ndctl_binding.h"
#include "system_call.h"

static jint put_source(JNIEnv *env, jint code, struct pmem2_source *source, jlongArray out,
                       jbyteArray errormsg) {
    if (code == 0) {
        count_live(CONSTANT(LIVE_SOURCES), 1);
        put_handle(env, out, source);
    }
    return report(env, code, errormsg);
}

JNIEXPORT jint NATIVE(sourceFromFd)(JNIEnv *env, jclass cls, jlongArray out, jint fd,
                                    jbyteArray errormsg) {
    (void)cls;
    struct pmem2_source *source = NULL;
    int code = PMEM2_CALL(pmem2_source_from_fd(&source, fd));
    return put_source(env, code, source, out, errormsg);
}

JNIEXPORT jint NATIVE(sourceFromAnon)(JNIEnv *env, jclass cls, jlongArray out, jlong size,
                                      jbyteArray errormsg) {
    (void)cls;
    struct pmem2_source *source = NULL;
    int code = PMEM2_CALL(pmem2_source_from_anon(&source, (size_t)size));
    return put_source(env, code, source, out, errormsg);
}

JNIEXPORT void NATIVE(sourceDelete)(JNIEnv *env, jclass cls, jlong handle) {
    (void)env;
    (void)cls;
    struct pmem2_source *source = pointer(handle);
    pmem2_source_delete(&source); /* always returns 0 */
    count_live(CONSTANT(LIVE_SOURCES), -1);
}

JNIEXPORT jint NATIVE(sourceSize)(JNIEnv *env, jclass cls, jlong source, jlongArray out,
                                  jbyteArray errormsg) {
    (void)cls;
    size_t size = 0;
    int code = PMEM2_CALL(pmem2_source_size(pointer(source), &size));
    put_long(env, out, (int64_t)size);
    return report(env, code, errormsg);
}

JNIEXPORT jint NATIVE(sourceAlignment)(JNIEnv *env, jclass cls, jlong source, jlongArray out,
                                       jbyteArray errormsg) {
    (void)cls;
    size_t alignment = 0;
    int code = PMEM2_CALL(pmem2_source_alignment(pointer(source), &alignment));
    put_long(env, out, (int64_t)alignment);
    return report_ndctl(env, code, errormsg);
}

JNIEXPORT jint NATIVE(sourceDeviceId)(JNIEnv *env, jclass cls, jlong source, jbyteArray out,
                                      jbyteArray errormsg) {
    (void)cls;
    char id[4096] = ""; /* libpmem2 appends to it */
    size_t length = sizeof(id);
    int code = PMEM2_CALL(pmem2_source_device_id(pointer(source), id, &length));
    if (code == 0)
        put_text(env, out, id);
    return report_ndctl(env, code, errormsg);
}

JNIEXPORT jint NATIVE(sourceDeviceUsc)(JNIEnv *env, jclass cls, jlong source, jlongArray out,
                                       jbyteArray errormsg) {
    (void)cls;
    uint64_t count = 0;
    int code = PMEM2_CALL(pmem2_source_device_usc(pointer(source), &count));
    put_long(env, out, (int64_t)count);
    return report_ndctl(env, code, errormsg);
}
