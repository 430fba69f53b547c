/*
 * Fails one system call, or allocation, of the code under test, and counts what that code holds.
 * What can fail, and how, is in system_calls.def.
 */
#ifndef PMEM2J_INJECT_H
#define PMEM2J_INJECT_H

#include <stdbool.h>
#include <stddef.h>

enum { SHORT = -1 }; /* instead of an errno: the call does half of what it was asked for */

/* The failure of this run. The caller says which, the call that fails says the rest. */
struct injection {
    unsigned int at;  /* the call that fails, from 1 */
    unsigned int way; /* in which of its ways */
    const char *call; /* its name, or NULL: there have been fewer */
    int error;        /* its errno, or SHORT */
    unsigned int ways;
};

extern struct injection injection;

/* The code of a call, during which the injection can happen. */
#define WITH_FAULTS(call)                                                                          \
    ({                                                                                             \
        injection_begin();                                                                         \
        __typeof__(call) with_faults = (call);                                                     \
        injection_end();                                                                           \
        with_faults;                                                                               \
    })

void injection_begin(void);
void injection_end(void);

/* The name that dlsym() does not find, or NULL. */
const char *injection_missing(void);

/* What the process holds that a run must give back. */
struct holdings {
    long allocations;
    long mapped; /* bytes */
    long descriptors;
};

struct holdings holdings(void);
void keep_allocation(void); /* one is to stay */

/* Whether statx(2) is that of a kernel that says nothing of DAX. */
extern bool old_statx;

/* What is mapped of this file is cut off as soon as it is mapped, to one page; -1 for none. */
extern int cut_when_mapped;

/* What a request of ioctl(2) is answered with, which the machine need not know. */
void ioctl_says(unsigned long request, const void *reply, size_t size);

#endif
