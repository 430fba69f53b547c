// The objects that a script describes, for both scripted libraries.
//
// The structs have libndctl's own (opaque) names, so that the functions in topology.c and
// commands.c need no casts and the compiler checks them against libndctl's prototypes.
#ifndef SCRIPTED_MODEL_H
#define SCRIPTED_MODEL_H

#include <daxctl/libdaxctl.h>
#include <limits.h>
#include <ndctl/libndctl.h>
#include <stdbool.h>
#include <stddef.h>

#define SCRIPTED_SECTOR 512ULL
#define SCRIPTED_UNREADABLE ULLONG_MAX // libndctl's result for a sysfs file that it cannot read

// How a call reports a failure: not at all, by returning -errno, or by NULL or a similar value with
// errno set (it need not be: only for these may a script say 0).
enum scripted_failure { SCRIPTED_NEVER, SCRIPTED_CODE, SCRIPTED_VALUE };

// Every function that a script may delay (block-on) and, if it can report failures, make fail. The
// two submits are one function of libndctl, but tests need to distinguish them.
#define SCRIPTED_FUNCTIONS(X)                                                                      \
    X(ndctl_new, SCRIPTED_CODE)                                                                    \
    X(ndctl_unref, SCRIPTED_NEVER)                                                                 \
    X(ndctl_bus_get_first, SCRIPTED_NEVER)                                                         \
    X(ndctl_region_get_first, SCRIPTED_NEVER)                                                      \
    X(ndctl_region_get_resource, SCRIPTED_VALUE)                                                   \
    X(ndctl_region_get_first_badblock, SCRIPTED_VALUE)                                             \
    X(ndctl_region_get_next_badblock, SCRIPTED_VALUE)                                              \
    X(ndctl_region_get_numa_node, SCRIPTED_VALUE)                                                  \
    X(ndctl_region_get_first_dimm, SCRIPTED_NEVER)                                                 \
    X(ndctl_dimm_get_dirty_shutdown, SCRIPTED_CODE)                                                \
    X(ndctl_dimm_get_unique_id, SCRIPTED_VALUE)                                                    \
    X(ndctl_namespace_get_first, SCRIPTED_NEVER)                                                   \
    X(ndctl_namespace_get_mode, SCRIPTED_NEVER)                                                    \
    X(ndctl_namespace_get_resource, SCRIPTED_VALUE)                                                \
    X(ndctl_namespace_get_size, SCRIPTED_VALUE)                                                    \
    X(ndctl_namespace_get_first_badblock, SCRIPTED_VALUE)                                          \
    X(ndctl_namespace_get_next_badblock, SCRIPTED_VALUE)                                           \
    X(ndctl_pfn_get_resource, SCRIPTED_VALUE)                                                      \
    X(ndctl_pfn_get_size, SCRIPTED_VALUE)                                                          \
    X(ndctl_dax_get_resource, SCRIPTED_VALUE)                                                      \
    X(ndctl_dax_get_size, SCRIPTED_VALUE)                                                          \
    X(ndctl_dax_get_align, SCRIPTED_NEVER)                                                         \
    X(ndctl_dax_get_daxctl_region, SCRIPTED_VALUE)                                                 \
    X(ndctl_bus_cmd_new_ars_cap, SCRIPTED_VALUE)                                                   \
    X(ndctl_bus_cmd_new_clear_error, SCRIPTED_VALUE)                                               \
    X(ndctl_cmd_ars_cap_get_range, SCRIPTED_CODE)                                                  \
    X(submit_ars_cap, SCRIPTED_CODE)                                                               \
    X(submit_clear_error, SCRIPTED_CODE)

enum scripted_function {
#define SCRIPTED_ENUM(name, failure) FN_##name,
    SCRIPTED_FUNCTIONS(SCRIPTED_ENUM)
#undef SCRIPTED_ENUM
        FN_COUNT
};

struct scripted_hook {
    const char *fifo; // NULL: does not block
    unsigned long fifo_after;
    bool fails;
    int error;
    unsigned long fail_after;
    unsigned long calls;
};

struct scripted_bad {
    struct badblock range; // in sectors
    struct scripted_bad *next;
};

struct scripted_badlist {
    struct scripted_bad *scripted; // as in the script
    struct scripted_bad *cursor;   // the rest of what get_first found
};

struct daxctl_dev {
    const char *devname;
    struct daxctl_dev *next;
};

struct daxctl_region {
    struct daxctl_dev *devs;
};

struct ndctl_btt {
    struct ndctl_namespace *ndns;
};

struct ndctl_pfn {
    struct ndctl_namespace *ndns;
};

struct ndctl_dax {
    struct ndctl_namespace *ndns;
};

struct ndctl_namespace {
    struct ndctl_region *region;
    struct ndctl_namespace *next;
    enum ndctl_namespace_mode mode;
    const char *block_device; // "" for a namespace that is not enabled, as in libndctl
    unsigned long long resource, size;
    unsigned long align;
    bool has_btt, has_pfn, has_dax, has_dax_region;
    struct ndctl_btt btt;
    struct ndctl_pfn pfn;
    struct ndctl_dax dax;
    struct daxctl_region dax_region;
    struct scripted_badlist bad;
};

struct ndctl_dimm {
    struct ndctl_region *region;
    struct ndctl_dimm *next;
    const char *unique_id;
    long long dirty_shutdowns; // negative: the platform does not count them
};

struct ndctl_region {
    struct ndctl_bus *bus;
    struct ndctl_region *next;
    unsigned int id;
    unsigned long long resource;
    int numa_node;
    struct ndctl_dimm *dimms;
    struct ndctl_namespace *namespaces;
    struct scripted_badlist bad;
};

struct ndctl_bus {
    struct ndctl_ctx *ctx;
    struct ndctl_bus *next;
    const char *provider;
    struct ndctl_region *regions;
};

struct scripted_block;

struct ndctl_ctx {
    struct ndctl_bus *buses;
    struct scripted_hook hooks[FN_COUNT];
    const char *log;
    bool has_ars_range;
    struct ndctl_range ars_range;
    unsigned long long clear_limit;
    struct scripted_block *allocated;
};

#endif
