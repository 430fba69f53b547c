/*
 * libndctl and libdaxctl, bound at first use: libpmem2's archive calls their functions, and
 * ndctl_binding.c answers each call with a forward to the shared library. So a machine without them
 * can load libpmem2j, too.
 */
#ifndef PMEM2J_NDCTL_BINDING_H
#define PMEM2J_NDCTL_BINDING_H

#include "jni_plumbing.h"

/*
 * report() for a libpmem2 call that may have needed libndctl: where that could not be bound the
 * code becomes PMEM2_E_NOSUPP, and the message says what to install.
 */
jint report_ndctl(JNIEnv *env, jint code, jbyteArray errormsg);

#endif
