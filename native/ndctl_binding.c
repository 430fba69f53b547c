#include "ndctl_binding.h"

#include <daxctl/libdaxctl.h>
#include <dlfcn.h>
#include <errno.h>
#include <libpmem2.h>
#include <ndctl/libndctl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NDCTL "libndctl.so.6"
#define DAXCTL "libdaxctl.so.1"

/*
 * The functions that libpmem2's archive calls, except ndctl_new: result, name, parameters,
 * arguments. The libraries' own headers declare the same names, so a wrong row does not compile; a
 * missing function does not link (-z defs).
 */
#define FORWARDED(X)                                                                               \
    X(const char *, ndctl_btt_get_block_device, (struct ndctl_btt * btt), (btt))                   \
    X(struct ndctl_cmd *, ndctl_bus_cmd_new_ars_cap,                                               \
      (struct ndctl_bus * bus, unsigned long long address, unsigned long long len),                \
      (bus, address, len))                                                                         \
    X(struct ndctl_cmd *, ndctl_bus_cmd_new_clear_error,                                           \
      (unsigned long long address, unsigned long long len, struct ndctl_cmd *ars_cap),             \
      (address, len, ars_cap))                                                                     \
    X(struct ndctl_bus *, ndctl_bus_get_first, (struct ndctl_ctx * ctx), (ctx))                    \
    X(struct ndctl_bus *, ndctl_bus_get_next, (struct ndctl_bus * bus), (bus))                     \
    X(const char *, ndctl_bus_get_provider, (struct ndctl_bus * bus), (bus))                       \
    X(int, ndctl_cmd_ars_cap_get_range, (struct ndctl_cmd * ars_cap, struct ndctl_range * range),  \
      (ars_cap, range))                                                                            \
    X(unsigned long long, ndctl_cmd_clear_error_get_cleared, (struct ndctl_cmd * clear_err),       \
      (clear_err))                                                                                 \
    X(unsigned long, ndctl_dax_get_align, (struct ndctl_dax * dax), (dax))                         \
    X(struct daxctl_region *, ndctl_dax_get_daxctl_region, (struct ndctl_dax * dax), (dax))        \
    X(unsigned long long, ndctl_dax_get_resource, (struct ndctl_dax * dax), (dax))                 \
    X(unsigned long long, ndctl_dax_get_size, (struct ndctl_dax * dax), (dax))                     \
    X(long long, ndctl_dimm_get_dirty_shutdown, (struct ndctl_dimm * dimm), (dimm))                \
    X(const char *, ndctl_dimm_get_unique_id, (struct ndctl_dimm * dimm), (dimm))                  \
    X(const char *, ndctl_namespace_get_block_device, (struct ndctl_namespace * ndns), (ndns))     \
    X(struct ndctl_btt *, ndctl_namespace_get_btt, (struct ndctl_namespace * ndns), (ndns))        \
    X(struct ndctl_dax *, ndctl_namespace_get_dax, (struct ndctl_namespace * ndns), (ndns))        \
    X(struct ndctl_namespace *, ndctl_namespace_get_first, (struct ndctl_region * region),         \
      (region))                                                                                    \
    X(struct badblock *, ndctl_namespace_get_first_badblock, (struct ndctl_namespace * ndns),      \
      (ndns))                                                                                      \
    X(enum ndctl_namespace_mode, ndctl_namespace_get_mode, (struct ndctl_namespace * ndns),        \
      (ndns))                                                                                      \
    X(struct ndctl_namespace *, ndctl_namespace_get_next, (struct ndctl_namespace * ndns), (ndns)) \
    X(struct badblock *, ndctl_namespace_get_next_badblock, (struct ndctl_namespace * ndns),       \
      (ndns))                                                                                      \
    X(struct ndctl_pfn *, ndctl_namespace_get_pfn, (struct ndctl_namespace * ndns), (ndns))        \
    X(unsigned long long, ndctl_namespace_get_resource, (struct ndctl_namespace * ndns), (ndns))   \
    X(unsigned long long, ndctl_namespace_get_size, (struct ndctl_namespace * ndns), (ndns))       \
    X(const char *, ndctl_pfn_get_block_device, (struct ndctl_pfn * pfn), (pfn))                   \
    X(unsigned long long, ndctl_pfn_get_resource, (struct ndctl_pfn * pfn), (pfn))                 \
    X(unsigned long long, ndctl_pfn_get_size, (struct ndctl_pfn * pfn), (pfn))                     \
    X(struct ndctl_bus *, ndctl_region_get_bus, (struct ndctl_region * region), (region))          \
    X(struct ndctl_region *, ndctl_region_get_first, (struct ndctl_bus * bus), (bus))              \
    X(struct badblock *, ndctl_region_get_first_badblock, (struct ndctl_region * region),          \
      (region))                                                                                    \
    X(struct ndctl_dimm *, ndctl_region_get_first_dimm, (struct ndctl_region * region), (region))  \
    X(unsigned int, ndctl_region_get_id, (struct ndctl_region * region), (region))                 \
    X(struct ndctl_region *, ndctl_region_get_next, (struct ndctl_region * region), (region))      \
    X(struct badblock *, ndctl_region_get_next_badblock, (struct ndctl_region * region), (region)) \
    X(struct ndctl_dimm *, ndctl_region_get_next_dimm,                                             \
      (struct ndctl_region * region, struct ndctl_dimm * dimm), (region, dimm))                    \
    X(int, ndctl_region_get_numa_node, (struct ndctl_region * region), (region))                   \
    X(unsigned long long, ndctl_region_get_resource, (struct ndctl_region * region), (region))     \
    X(struct ndctl_ctx *, ndctl_unref, (struct ndctl_ctx * ctx), (ctx))                            \
    X(const char *, daxctl_dev_get_devname, (struct daxctl_dev * dev), (dev))                      \
    X(struct daxctl_dev *, daxctl_dev_get_first, (struct daxctl_region * region), (region))        \
    X(struct daxctl_dev *, daxctl_dev_get_next, (struct daxctl_dev * dev), (dev))
/* These do more than forward, so the table has no row for them. */
#define BOUND(X)                                                                                   \
    FORWARDED(X)                                                                                   \
    X(int, ndctl_new, (struct ndctl_ctx * *ctx), (ctx))                                            \
    X(int, ndctl_cmd_submit, (struct ndctl_cmd * cmd), (cmd))                                      \
    X(void, ndctl_cmd_unref, (struct ndctl_cmd * cmd), (cmd))

struct binding {
#define X(result, name, parameters, arguments) __typeof__(name) *name;
    BOUND(X)
#undef X
};

static _Atomic(struct binding *) bound;

static void *open_library(const char *name, char *message, size_t size) {
    void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        snprintf(message, size,
                 "%s; install libndctl6 and libdaxctl1 (Debian, Ubuntu), ndctl-libs and "
                 "daxctl-libs (RHEL, Fedora) or libndctl6 (SUSE)",
                 dlerror());
    return library;
}

static bool is_of_daxctl(const char *name) {
    return strncmp(name, "daxctl_", strlen("daxctl_")) == 0;
}

/* Fills the table; the prefix of a name selects its library. Returns NULL if all are found. */
static const char *fill(struct binding *table, void *ndctl, void *daxctl) {
    void *symbol;
#define X(result, name, parameters, arguments)                                                     \
    symbol = dlsym(is_of_daxctl(#name) ? daxctl : ndctl, #name);                                   \
    if (symbol == NULL)                                                                            \
        return #name;                                                                              \
    *(void **)&table->name = symbol;
    BOUND(X)
#undef X
    return NULL;
}

/*
 * The table, or NULL and a message. If two threads fill one at the same time, the second is freed.
 * A failure is not remembered, so a running program works once the package is installed.
 */
static struct binding *bind_ndctl(char *message, size_t size) {
    struct binding *table = atomic_load(&bound);
    if (table != NULL)
        return table;
    void *ndctl = NULL, *daxctl = NULL;
    ndctl = open_library(NDCTL, message, size);
    if (ndctl != NULL)
        daxctl = open_library(DAXCTL, message, size);
    if (daxctl == NULL)
        goto fail;
    table = calloc(1, sizeof(*table));
    if (table == NULL) {
        snprintf(message, size, "out of memory");
        goto fail;
    }
    const char *missing = fill(table, ndctl, daxctl);
    if (missing != NULL) {
        snprintf(message, size, "%s has no %s: it is too old",
                 is_of_daxctl(missing) ? DAXCTL : NDCTL, missing);
        goto fail;
    }
    struct binding *first = NULL;
    if (atomic_compare_exchange_strong(&bound, &first, table))
        return table;
    dlclose(daxctl);
    dlclose(ndctl);
    free(table);
    return first;

fail:
    free(table);
    if (daxctl != NULL)
        dlclose(daxctl);
    if (ndctl != NULL)
        dlclose(ndctl);
    return NULL;
}

/* Every other function takes a result of this one, so only this one can be called unbound. */
int ndctl_new(struct ndctl_ctx **ctx) {
    char ignored[1];
    struct binding *table = bind_ndctl(ignored, sizeof(ignored));
    return table == NULL ? -ENOSYS : table->ndctl_new(ctx);
}

#define X(result, name, parameters, arguments)                                                     \
    result name parameters {                                                                       \
        return atomic_load_explicit(&bound, memory_order_acquire)->name arguments;                 \
    }
FORWARDED(X)
#undef X

/* If a command cannot be created, libpmem2 passes NULL, and libndctl would crash. */
int ndctl_cmd_submit(struct ndctl_cmd *cmd) {
    return cmd == NULL ? -ENOMEM : atomic_load(&bound)->ndctl_cmd_submit(cmd);
}

void ndctl_cmd_unref(struct ndctl_cmd *cmd) {
    if (cmd != NULL)
        atomic_load(&bound)->ndctl_cmd_unref(cmd);
}

jint report_ndctl(JNIEnv *env, jint code, jbyteArray errormsg) {
    char message[512];
    report(env, code, errormsg);
    if (code != -ENOSYS || bind_ndctl(message, sizeof(message)) != NULL)
        return code;
    put_text(env, errormsg, message);
    return PMEM2_E_NOSUPP;
}

JNIEXPORT jint NATIVE(bindNdctl)(JNIEnv *env, jclass cls, jbyteArray path_or_message) {
    (void)cls;
    char message[512];
    struct binding *table = bind_ndctl(message, sizeof(message));
    Dl_info info;
    if (table == NULL)
        put_text(env, path_or_message, message);
    else if (dladdr(*(void **)&table->ndctl_new, &info) != 0)
        put_text(env, path_or_message, info.dli_fname);
    return table == NULL ? PMEM2_E_NOSUPP : 0;
}
