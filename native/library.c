/* Loading, the count of live objects, and the functions of jni_plumbing.h. */
#include <libpmem2.h>
#include <string.h>

#include "jni_plumbing.h"

_Atomic int64_t live_handles[CONSTANT(LIVE_LENGTH)];

JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM *vm, void *reserved) {
    (void)vm;
    (void)reserved;
    return JNI_VERSION_1_8;
}

void put_text(JNIEnv *env, jbyteArray bytes, const char *text) {
    jsize capacity = (*env)->GetArrayLength(env, bytes) - 1;
    if (capacity < 0)
        return; /* no space even for the terminating zero */
    jsize length = (jsize)strnlen(text, (size_t)capacity);
    (*env)->SetByteArrayRegion(env, bytes, 0, length, (const jbyte *)text);
    (*env)->SetByteArrayRegion(env, bytes, length, 1, (const jbyte *)"");
}

jint report(JNIEnv *env, jint code, jbyteArray errormsg) {
    /* The thread's own buffer: only the prototype makes it const. */
    char *message = (char *)pmem2_errormsg();
    if (code != 0)
        put_text(env, errormsg, message == NULL ? "" : message);
    /* libpmem2 never clears it, so an error without a message would show an earlier one. */
    if (message != NULL && message[0] != '\0')
        message[0] = '\0';
    return code;
}

JNIEXPORT void NATIVE(version)(JNIEnv *env, jclass cls, jbyteArray version) {
    (void)cls;
    put_text(env, version, PMEM2J_VERSION);
}

JNIEXPORT void NATIVE(liveHandles)(JNIEnv *env, jclass cls, jlongArray counts) {
    (void)cls;
    for (jsize i = 0; i < CONSTANT(LIVE_LENGTH); i++) {
        jlong count = atomic_load_explicit(&live_handles[i], memory_order_relaxed);
        (*env)->SetLongArrayRegion(env, counts, i, 1, &count);
    }
}
