/*
 * As much of JNI as native/ may use, strictly: an index outside an array, a call with an exception
 * pending, and anything at all between GetPrimitiveArrayCritical and its release, end the test.
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

/* The elements of an array: as jbyte, jint or jlong it was made with. */
void *elements(jarray array);

/* Whether there was an exception; there is none any more. */
bool take_exception(void);

void free_arrays(void);

/* Between GetPrimitiveArrayCritical and its release. */
extern bool array_is_held;

#endif
