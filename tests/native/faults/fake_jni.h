/*
 * The part of JNI that native/ may use, strictly checked: an index outside an array, a call with a
 * pending exception, and any call between GetPrimitiveArrayCritical and its release end the test.
 */
#ifndef PMEM2J_FAKE_JNI_H
#define PMEM2J_FAKE_JNI_H

#include <jni.h>
#include <stdbool.h>

extern JNIEnv *const env;

/* A new array, all zeros. */
jbyteArray new_bytes(jsize length);
jintArray new_ints(jsize length);
jlongArray new_longs(jsize length);
jbyteArray new_text(const char *text); /* without its zero byte, as paths are */

/* The elements of an array, of the type that it was made with: jbyte, jint or jlong. */
void *elements(jarray array);

/* Returns whether an exception is pending, and clears it. */
bool take_exception(void);

void free_arrays(void);

/* Between GetPrimitiveArrayCritical and its release. */
extern bool array_is_held;

#endif
