/* pmem2_badblock_*: contexts, their cursor, and clearing. */
#include <libpmem2.h>

#include "jni_plumbing.h"
#include "ndctl_binding.h"
#include "system_call.h"

JNIEXPORT jint NATIVE(badblockContextNew)(JNIEnv *env, jclass cls, jlongArray out, jlong source,
                                          jbyteArray errormsg) {
    (void)cls;
    struct pmem2_badblock_context *context = NULL;
    int code = PMEM2_CALL(pmem2_badblock_context_new(&context, pointer(source)));
    if (code == 0) {
        count_live(CONSTANT(LIVE_CONTEXTS), 1);
        put_handle(env, out, context);
    }
    return report_ndctl(env, code, errormsg);
}

/* How many bad blocks are copied to Java's array at once: a copy costs more than finding one. */
#define AT_ONCE 64

JNIEXPORT jint NATIVE(badblockNext)(JNIEnv *env, jclass cls, jlong context, jlongArray blocks,
                                    jintArray out_count, jbyteArray errormsg) {
    (void)cls;
    jsize capacity = (*env)->GetArrayLength(env, blocks) / 2;
    jlong pairs[2 * AT_ONCE];
    jint count = 0, put = 0;
    int code = 0;
    while (code == 0 && count < capacity) {
        struct pmem2_badblock block;
        code = pmem2_badblock_next(pointer(context), &block);
        if (code == 0) {
            pairs[2 * (count - put)] = (jlong)block.offset;
            pairs[2 * (count - put) + 1] = (jlong)block.length;
            count++;
        }
        if (code != 0 || count == capacity || count - put == AT_ONCE) {
            (*env)->SetLongArrayRegion(env, blocks, 2 * put, 2 * (count - put), pairs);
            put = count;
        }
    }
    (*env)->SetIntArrayRegion(env, out_count, 0, 1, &count);
    return report(env, code, errormsg);
}

JNIEXPORT jint NATIVE(badblockClear)(JNIEnv *env, jclass cls, jlong context, jlong offset,
                                     jlong length, jbyteArray errormsg) {
    (void)cls;
    struct pmem2_badblock block = {.offset = (size_t)offset, .length = (size_t)length};
    return report(env, PMEM2_CALL(pmem2_badblock_clear(pointer(context), &block)), errormsg);
}

JNIEXPORT void NATIVE(badblockContextDelete)(JNIEnv *env, jclass cls, jlong handle) {
    (void)env;
    (void)cls;
    struct pmem2_badblock_context *context = pointer(handle);
    pmem2_badblock_context_delete(&context);
    count_live(CONSTANT(LIVE_CONTEXTS), -1);
}
