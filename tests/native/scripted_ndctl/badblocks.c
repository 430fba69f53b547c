// The lists of bad blocks. A bad block is in the list of the region and in that of the namespace
// around it, whichever of the two the script names it under. Each get_first builds the list anew,
// as the real library reads it from sysfs each time.
#include "scripted.h"

static struct scripted_bad *push(struct ndctl_ctx *ctx, struct scripted_bad **end,
                                 unsigned long long from, unsigned long long to) {
    struct scripted_bad *bad = scripted_alloc(ctx, sizeof(*bad));
    bad->range.offset = from;
    bad->range.len = (unsigned int)(to - from);
    *end = bad;
    return bad;
}

struct scripted_bad *scripted_without(struct ndctl_ctx *ctx, const struct scripted_bad *list,
                                      unsigned long long from, unsigned long long to) {
    struct scripted_bad *first = NULL, **end = &first;
    for (; list != NULL; list = list->next) {
        unsigned long long beg = list->range.offset, past = beg + list->range.len;
        if (to <= beg || from >= past) {
            end = &push(ctx, end, beg, past)->next;
            continue;
        }
        if (beg < from)
            end = &push(ctx, end, beg, from)->next;
        if (past > to)
            end = &push(ctx, end, to, past)->next;
    }
    return first;
}

// Appends the part of list in the sectors 0..size, after a shift, which may be negative.
static void append(struct ndctl_ctx *ctx, struct scripted_bad **end,
                   const struct scripted_bad *list, long long shift, unsigned long long size) {
    while (*end != NULL)
        end = &(*end)->next;
    for (; list != NULL; list = list->next) {
        long long from = (long long)list->range.offset + shift, to = from + list->range.len;
        from = from < 0 ? 0 : from;
        to = to > 0 && (unsigned long long)to > size ? (long long)size : to;
        if (from < to)
            end = &push(ctx, end, (unsigned long long)from, (unsigned long long)to)->next;
    }
}

// The shift from the start of the namespace to that of its region; false if the user may not read
// it.
static bool namespace_shift(const struct ndctl_namespace *ndns, long long *shift) {
    if (ndns->resource == SCRIPTED_UNREADABLE || ndns->region->resource == SCRIPTED_UNREADABLE)
        return false;
    *shift = (long long)(ndns->resource - ndns->region->resource) / (long long)SCRIPTED_SECTOR;
    return true;
}

// libpmem2 cannot distinguish an empty list from one that cannot be opened: both are NULL.
static struct badblock *next_bad(struct scripted_badlist *list) {
    struct scripted_bad *bad = list->cursor;
    if (bad == NULL)
        return NULL;
    list->cursor = bad->next;
    return &bad->range;
}

struct badblock *ndctl_region_get_first_badblock(struct ndctl_region *region) {
    struct ndctl_ctx *ctx = region->bus->ctx;
    if (scripted_fails(ctx, FN_ndctl_region_get_first_badblock))
        return NULL;
    struct scripted_bad *now = NULL;
    append(ctx, &now, region->bad.scripted, 0, LLONG_MAX);
    for (struct ndctl_namespace *ndns = region->namespaces; ndns != NULL; ndns = ndns->next) {
        long long shift;
        if (namespace_shift(ndns, &shift))
            append(ctx, &now, ndns->bad.scripted, shift, LLONG_MAX);
    }
    region->bad.cursor = scripted_still_bad(ctx, now, region->resource);
    return next_bad(&region->bad);
}

struct badblock *ndctl_region_get_next_badblock(struct ndctl_region *region) {
    if (scripted_fails(region->bus->ctx, FN_ndctl_region_get_next_badblock))
        return NULL;
    return next_bad(&region->bad);
}

struct badblock *ndctl_namespace_get_first_badblock(struct ndctl_namespace *ndns) {
    struct ndctl_ctx *ctx = ndns->region->bus->ctx;
    if (scripted_fails(ctx, FN_ndctl_namespace_get_first_badblock))
        return NULL;
    struct scripted_bad *now = NULL;
    long long shift;
    append(ctx, &now, ndns->bad.scripted, 0, LLONG_MAX);
    if (namespace_shift(ndns, &shift))
        append(ctx, &now, ndns->region->bad.scripted, -shift, ndns->size / SCRIPTED_SECTOR);
    ndns->bad.cursor = scripted_still_bad(ctx, now, ndns->resource);
    return next_bad(&ndns->bad);
}

struct badblock *ndctl_namespace_get_next_badblock(struct ndctl_namespace *ndns) {
    if (scripted_fails(ndns->region->bus->ctx, FN_ndctl_namespace_get_next_badblock))
        return NULL;
    return next_bad(&ndns->bad);
}
