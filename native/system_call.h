/*
 * How every call of the kernel is made, but for close(2), after which the descriptor is gone
 * whatever it returns: begun again when a signal interrupts it. The JVM's own signals restart calls
 * by themselves (SA_RESTART), but not all of them, and a host program's or a profiler's may not.
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

/* The code of a call of libpmem2, which begins nothing again itself, if it can be made again. */
#define PMEM2_CALL(call)                                                                           \
    ({                                                                                             \
        int call_code;                                                                             \
        do                                                                                         \
            call_code = (call);                                                                    \
        while (call_code == -EINTR);                                                               \
        call_code;                                                                                 \
    })

#endif
