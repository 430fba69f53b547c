/* Symbolic names of errno values, from the list that CMake makes from the C library's header. */
#include <errno.h>

#include "jni_plumbing.h"

static const char *errno_name(int number) {
    switch (number) {
#define E(name)                                                                                    \
    case name:                                                                                     \
        return #name;
#include "errno_names.inc"
#undef E
    default:
        return "";
    }
}

JNIEXPORT void NATIVE(errnoName)(JNIEnv *env, jclass cls, jint number, jbyteArray name) {
    (void)cls;
    put_text(env, name, errno_name(number));
}
