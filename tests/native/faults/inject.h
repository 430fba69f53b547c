/*
 * Makes one system call or allocation of the code under test fail, and counts the resources that
 * the code holds. system_calls.def lists what can fail, and how.
 */
#ifndef PMEM2J_INJECT_H
#define PMEM2J_INJECT_H

#include <linux/fs.h>
#include <stdbool.h>
#include <stddef.h>

enum { SHORT = -1 }; /* instead of an errno: the call does half of what it should */

/* The failure of this run. The caller sets at and way; the call that fails sets the rest. */
struct injection {
    unsigned int at;  /* the call that fails, from 1 */
    unsigned int way; /* in which of its ways */
    const char *call; /* its name, or NULL if there were fewer calls */
    int error;        /* its errno, or SHORT */
    unsigned int ways;
};

extern struct injection injection;

/* Makes a call, during which a failure can be injected, and returns its code. */
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

/* The resources that the process holds and that a run must free. */
struct holdings {
    long allocations;
    long mapped; /* bytes */
    long descriptors;
};

struct holdings holdings(void);
void keep_allocation(void); /* one allocation may stay */

/* Whether statx(2) acts like that of a kernel that does not report DAX. */
extern bool old_statx;

/* This file is truncated to one page as soon as it is mapped; -1 for none. */
extern int cut_when_mapped;

/* The reply to an ioctl(2) request, which the kernel need not support. */
void ioctl_says(unsigned long request, const void *reply, size_t size);

/* What FS_IOC_FSSETXATTR was last asked for, which does nothing else. */
extern struct fsxattr set_attributes;

#endif
