// The namespace line of a script.
#include "reader.h"
#include <errno.h>
#include <string.h>

static const struct {
    const char *name;
    enum ndctl_namespace_mode mode;
    bool btt, pfn, dax; // which of these claims such a namespace on a real machine
} modes[] = {
    {"fsdax", NDCTL_NS_MODE_FSDAX, false, true, false},
    {"sector", NDCTL_NS_MODE_SECTOR, true, false, false},
    {"raw", NDCTL_NS_MODE_RAW, false, false, false},
    {"devdax", NDCTL_NS_MODE_DEVDAX, false, false, true},
    {"unknown", NDCTL_NS_MODE_UNKNOWN, false, false, false},
};

static int read_mode(struct reader *reader, struct ndctl_namespace *ndns) {
    const char *name = scripted_word(reader);
    for (size_t i = 0; name != NULL && i < sizeof(modes) / sizeof(modes[0]); i++) {
        if (strcmp(modes[i].name, name) == 0) {
            ndns->mode = modes[i].mode;
            ndns->has_btt = modes[i].btt;
            ndns->has_pfn = modes[i].pfn;
            ndns->has_dax = modes[i].dax;
            return 0;
        }
    }
    return scripted_wrong(reader, "%s is no mode of a namespace", name ? name : "(nothing)");
}

// libpmem2 reads /sys/block/NAME/dev. With @NAME, a directory beside the script stands for
// /sys/block/NAME: NAME contains "..", which libpmem2 accepts.
static int read_block(struct reader *reader, struct ndctl_namespace *ndns) {
    if (scripted_path(reader, &ndns->block_device))
        return -EINVAL;
    if (ndns->block_device[0] == '/')
        ndns->block_device = scripted_print(reader->ctx, "../..%s", ndns->block_device);
    return 0;
}

static int read_dev(struct reader *reader, struct ndctl_namespace *ndns) {
    struct daxctl_dev *dev = scripted_alloc(reader->ctx, sizeof(*dev));
    if (scripted_text(reader, "the dax device's name", &dev->devname))
        return -EINVAL;
    struct daxctl_dev **end = &ndns->dax_region.devs;
    while (*end != NULL)
        end = &(*end)->next;
    *end = dev;
    return 0;
}

static int read_attribute(struct reader *reader, struct ndctl_namespace *ndns, const char *key) {
    if (strcmp(key, "block") == 0)
        return read_block(reader, ndns);
    if (strcmp(key, "dev") == 0)
        return read_dev(reader, ndns);
    if (strcmp(key, "resource") == 0)
        return scripted_bound(reader, key, &ndns->resource);
    if (strcmp(key, "size") == 0)
        return scripted_bound(reader, key, &ndns->size);
    if (strcmp(key, "align") == 0) {
        unsigned long long value;
        if (scripted_number(reader, key, ULONG_MAX, &value))
            return -EINVAL;
        ndns->align = (unsigned long)value;
        return 0;
    }
    if (strcmp(key, "pfn") == 0)
        ndns->has_pfn = true;
    else if (strcmp(key, "no-pfn") == 0)
        ndns->has_pfn = false;
    else if (strcmp(key, "btt") == 0)
        ndns->has_btt = true;
    else if (strcmp(key, "no-dax-region") == 0)
        ndns->has_dax_region = false;
    else
        return scripted_wrong(reader, "a namespace has no \"%s\"", key);
    return 0;
}

int scripted_namespace(struct reader *reader) {
    if (reader->region == NULL)
        return scripted_wrong(reader, "namespace before any region");
    struct ndctl_namespace *ndns = scripted_alloc(reader->ctx, sizeof(*ndns));
    ndns->region = reader->region;
    ndns->btt.ndns = ndns->pfn.ndns = ndns->dax.ndns = ndns;
    ndns->block_device = "";
    ndns->resource = reader->region->resource;
    ndns->align = 2UL << 20;
    ndns->has_dax_region = true;
    if (read_mode(reader, ndns))
        return -EINVAL;
    for (const char *key; (key = scripted_word(reader)) != NULL;) {
        if (read_attribute(reader, ndns, key))
            return -EINVAL;
    }
    if (ndns->size == 0)
        return scripted_wrong(reader, "a namespace needs a size");

    struct ndctl_namespace **end = &reader->region->namespaces;
    while (*end != NULL)
        end = &(*end)->next;
    *end = reader->ndns = ndns;
    return 0;
}
