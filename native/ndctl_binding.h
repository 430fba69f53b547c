/*
 * libndctl and libdaxctl, bound at first use: libpmem2's archive calls their functions, and
 * ndctl_binding.c forwards each call to the shared library. So libpmem2j loads without them.
 */
#ifndef PMEM2J_NDCTL_BINDING_H
#define PMEM2J_NDCTL_BINDING_H

#include "jni_plumbing.h"

/*
 * report() for a libpmem2 call that may need libndctl: if that could not be bound, the code becomes
 * PMEM2_E_NOSUPP, and the message says what to install.
 */
jint report_ndctl(JNIEnv *env, jint code, jbyteArray errormsg);

#endif
