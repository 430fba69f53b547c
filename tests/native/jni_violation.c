/*
 * Errors that libpmem2j must not have, for io.github.pmem2j.internal.jni.JniViolation: a use of JNI
 * that -Xcheck:jni reports, and a memory access that AddressSanitizer reports. They prove that runs
 * with these checks would detect such errors.
 */
#include <jni.h>
#include <stdlib.h>

/* A JNI call while an exception is pending. */
JNIEXPORT jint JNICALL Java_io_github_pmem2j_internal_jni_JniViolation_checksNoException(
    JNIEnv *env, jclass cls, jintArray a) {
    (void)cls;
    jint element = 0;
    (*env)->GetIntArrayRegion(env, a, (*env)->GetArrayLength(env, a), 1, &element);
    return (*env)->GetArrayLength(env, a);
}

/* A read past the end of allocated memory. */
JNIEXPORT jint JNICALL Java_io_github_pmem2j_internal_jni_JniViolation_readsTooFar(JNIEnv *env,
                                                                                   jclass cls,
                                                                                   jint index) {
    (void)env;
    (void)cls;
    volatile unsigned char *bytes = calloc(8, 1);
    jint byte = bytes == NULL ? 0 : bytes[index];
    free((void *)bytes);
    return byte;
}
