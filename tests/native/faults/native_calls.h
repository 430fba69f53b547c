/*
 * The native methods as the test calls them. For a new one, write in the calls_*.c of its concern
 *
 *   NATIVE_CALL(method) {
 *       ... what it needs ...
 *       jlong code = WITH_FAULTS(NATIVE(method)(env, NULL, ...));
 *       if (code >= 0)
 *           ... CHECK everything that it did, and undo it ...
 *       ... free the rest ...
 *       return code;
 *   }
 *
 * It runs once for each way in which each system call of WITH_FAULTS can fail. The code must then
 * be the errno, and no resource may be left; if the call is interrupted or does only a part, it
 * must succeed. faults_test.c lists the exceptions[] with the reason.
 */
#ifndef PMEM2J_NATIVE_CALLS_H
#define PMEM2J_NATIVE_CALLS_H

#include "../../../native/jni_plumbing.h"
#include "../scripted_ndctl_test.h"
#include "fake_jni.h"
#include "inject.h"

struct native_call {
    const char *name;
    jlong (*call)(void);
    struct native_call *next;
};

extern struct native_call *native_calls;

#define NATIVE_CALL(method)                                                                        \
    static jlong call_##method(void);                                                              \
    __attribute__((constructor)) static void add_##method(void) {                                  \
        static struct native_call call = {#method, call_##method, NULL};                           \
        call.next = native_calls;                                                                  \
        native_calls = &call;                                                                      \
    }                                                                                              \
    static jlong call_##method(void)

enum { PAGES = 4 }; /* of most files that open_unsynced() is asked for */
enum { MESSAGE = 256 };

/* A source of libpmem2; the caller passes it to sourceDelete. */
jlong new_source(int fd);

#endif
