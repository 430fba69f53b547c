// Iterates over buses, regions, namespaces and their bad blocks, as libpmem2 does.
//
// A NULL argument crashes as in the real library: the layer above must not rely on a check.
#include "scripted.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static struct ndctl_ctx *region_ctx(struct ndctl_region *region) {
    return region->bus->ctx;
}

static struct ndctl_ctx *namespace_ctx(struct ndctl_namespace *ndns) {
    return region_ctx(ndns->region);
}

int ndctl_new(struct ndctl_ctx **ctx) {
    const char *path = getenv("PMEM2J_NDCTL_SCRIPT");
    if (path == NULL) {
        fprintf(stderr, "scripted libndctl: PMEM2J_NDCTL_SCRIPT is not set\n");
        return -EINVAL;
    }
    struct ndctl_ctx *made = calloc(1, sizeof(*made));
    if (made == NULL)
        return -ENOMEM;
    made->clear_limit = ULLONG_MAX;
    int result = scripted_read(made, path);
    if (result == 0 && scripted_fails(made, FN_ndctl_new))
        result = -errno;
    if (result != 0) {
        scripted_free(made);
        free(made);
        return result;
    }
    scripted_log_live(made, "ndctl_new", 1, 0);
    *ctx = made;
    return 0;
}

struct ndctl_ctx *ndctl_unref(struct ndctl_ctx *ctx) {
    if (ctx == NULL)
        return NULL;
    scripted_fails(ctx, FN_ndctl_unref);
    scripted_log_live(ctx, "ndctl_unref", -1, 0);
    scripted_free(ctx);
    free(ctx);
    return NULL;
}

struct ndctl_bus *ndctl_bus_get_first(struct ndctl_ctx *ctx) {
    scripted_fails(ctx, FN_ndctl_bus_get_first);
    return ctx->buses;
}

struct ndctl_bus *ndctl_bus_get_next(struct ndctl_bus *bus) {
    return bus->next;
}

const char *ndctl_bus_get_provider(struct ndctl_bus *bus) {
    return bus->provider;
}

struct ndctl_region *ndctl_region_get_first(struct ndctl_bus *bus) {
    scripted_fails(bus->ctx, FN_ndctl_region_get_first);
    return bus->regions;
}

struct ndctl_region *ndctl_region_get_next(struct ndctl_region *region) {
    return region->next;
}

struct ndctl_bus *ndctl_region_get_bus(struct ndctl_region *region) {
    return region->bus;
}

unsigned int ndctl_region_get_id(struct ndctl_region *region) {
    return region->id;
}

unsigned long long ndctl_region_get_resource(struct ndctl_region *region) {
    if (scripted_fails(region_ctx(region), FN_ndctl_region_get_resource))
        return SCRIPTED_UNREADABLE;
    return region->resource;
}

int ndctl_region_get_numa_node(struct ndctl_region *region) {
    if (scripted_fails(region_ctx(region), FN_ndctl_region_get_numa_node))
        return NUMA_NO_ATTR;
    return region->numa_node;
}

struct ndctl_dimm *ndctl_region_get_first_dimm(struct ndctl_region *region) {
    scripted_fails(region_ctx(region), FN_ndctl_region_get_first_dimm);
    return region->dimms;
}

struct ndctl_dimm *ndctl_region_get_next_dimm(struct ndctl_region *region,
                                              struct ndctl_dimm *dimm) {
    if (dimm->region != region)
        scripted_crash("ndctl_region_get_next_dimm: the dimm is of another region");
    return dimm->next;
}

const char *ndctl_dimm_get_unique_id(struct ndctl_dimm *dimm) {
    if (scripted_fails(region_ctx(dimm->region), FN_ndctl_dimm_get_unique_id))
        return NULL;
    return dimm->unique_id;
}

long long ndctl_dimm_get_dirty_shutdown(struct ndctl_dimm *dimm) {
    if (scripted_fails(region_ctx(dimm->region), FN_ndctl_dimm_get_dirty_shutdown))
        return -errno;
    return dimm->dirty_shutdowns;
}

struct ndctl_namespace *ndctl_namespace_get_first(struct ndctl_region *region) {
    scripted_fails(region_ctx(region), FN_ndctl_namespace_get_first);
    return region->namespaces;
}

struct ndctl_namespace *ndctl_namespace_get_next(struct ndctl_namespace *ndns) {
    return ndns->next;
}

enum ndctl_namespace_mode ndctl_namespace_get_mode(struct ndctl_namespace *ndns) {
    scripted_fails(namespace_ctx(ndns), FN_ndctl_namespace_get_mode);
    return ndns->mode;
}

struct ndctl_btt *ndctl_namespace_get_btt(struct ndctl_namespace *ndns) {
    return ndns->has_btt ? &ndns->btt : NULL;
}

struct ndctl_pfn *ndctl_namespace_get_pfn(struct ndctl_namespace *ndns) {
    return ndns->has_pfn ? &ndns->pfn : NULL;
}

struct ndctl_dax *ndctl_namespace_get_dax(struct ndctl_namespace *ndns) {
    return ndns->has_dax ? &ndns->dax : NULL;
}

const char *ndctl_namespace_get_block_device(struct ndctl_namespace *ndns) {
    return ndns->block_device;
}

const char *ndctl_btt_get_block_device(struct ndctl_btt *btt) {
    return btt->ndns->block_device;
}

const char *ndctl_pfn_get_block_device(struct ndctl_pfn *pfn) {
    return pfn->ndns->block_device;
}

static unsigned long long bound(struct ndctl_namespace *ndns, enum scripted_function function,
                                unsigned long long value) {
    return scripted_fails(namespace_ctx(ndns), function) ? SCRIPTED_UNREADABLE : value;
}

unsigned long long ndctl_namespace_get_resource(struct ndctl_namespace *ndns) {
    return bound(ndns, FN_ndctl_namespace_get_resource, ndns->resource);
}

unsigned long long ndctl_namespace_get_size(struct ndctl_namespace *ndns) {
    return bound(ndns, FN_ndctl_namespace_get_size, ndns->size);
}

unsigned long long ndctl_pfn_get_resource(struct ndctl_pfn *pfn) {
    return bound(pfn->ndns, FN_ndctl_pfn_get_resource, pfn->ndns->resource);
}

unsigned long long ndctl_pfn_get_size(struct ndctl_pfn *pfn) {
    return bound(pfn->ndns, FN_ndctl_pfn_get_size, pfn->ndns->size);
}

unsigned long long ndctl_dax_get_resource(struct ndctl_dax *dax) {
    return bound(dax->ndns, FN_ndctl_dax_get_resource, dax->ndns->resource);
}

unsigned long long ndctl_dax_get_size(struct ndctl_dax *dax) {
    return bound(dax->ndns, FN_ndctl_dax_get_size, dax->ndns->size);
}

unsigned long ndctl_dax_get_align(struct ndctl_dax *dax) {
    scripted_fails(namespace_ctx(dax->ndns), FN_ndctl_dax_get_align);
    return dax->ndns->align;
}

struct daxctl_region *ndctl_dax_get_daxctl_region(struct ndctl_dax *dax) {
    if (scripted_fails(namespace_ctx(dax->ndns), FN_ndctl_dax_get_daxctl_region))
        return NULL;
    return dax->ndns->has_dax_region ? &dax->ndns->dax_region : NULL;
}
