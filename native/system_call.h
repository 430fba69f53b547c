/*
 * Restarts a system call when a signal interrupts it. Every call is made this way except close(2),
 * after which the descriptor is gone whatever it returns. The JVM's own signals restart most calls
 * themselves (SA_RESTART), but a host program's or a profiler's may not.
 */
#ifndef PMEM2J_SYSTEM_CALL_H
#define PMEM2J_SYSTEM_CALL_H

#include <errno.h>

/* What the call returned, or its negative errno. */
#define SYSTEM_CALL(call)                                                                          \
    ({                                                                                             \
        __typeof__(call) call_result;                                                              \
        do                                                                                         \
            call_result = (call);                                                                  \
        while (call_result < 0 && errno == EINTR);                                                 \
        call_result < 0 ? (__typeof__(call_result))-errno : call_result;                           \
    })

/* The code of a call of libpmem2, repeated if a signal interrupted it: libpmem2 restarts nothing
 * itself. */
#define PMEM2_CALL(call)                                                                           \
    ({                                                                                             \
        int call_code;                                                                             \
        do                                                                                         \
            call_code = (call);                                                                    \
        while (call_code == -EINTR);                                                               \
        call_code;                                                                                 \
    })

#endif
