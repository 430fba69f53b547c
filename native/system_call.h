/*
 * Restarts a system call that a signal interrupts. Every call is made this way except close(2),
 * which frees the descriptor even if it fails. Most calls are restarted after the JVM's own signals
 * (SA_RESTART), but perhaps not after those of a host program or a profiler.
 */
#ifndef PMEM2J_SYSTEM_CALL_H
#define PMEM2J_SYSTEM_CALL_H

#include <errno.h>

/* The result of the call, or its negative errno. */
#define SYSTEM_CALL(call)                                                                          \
    ({                                                                                             \
        __typeof__(call) call_result;                                                              \
        do                                                                                         \
            call_result = (call);                                                                  \
        while (call_result < 0 && errno == EINTR);                                                 \
        call_result < 0 ? (__typeof__(call_result))-errno : call_result;                           \
    })

/* The code of a libpmem2 call, repeated if a signal interrupts it: libpmem2 restarts nothing. */
#define PMEM2_CALL(call)                                                                           \
    ({                                                                                             \
        int call_code;                                                                             \
        do                                                                                         \
            call_code = (call);                                                                    \
        while (call_code == -EINTR);                                                               \
        call_code;                                                                                 \
    })

#endif
