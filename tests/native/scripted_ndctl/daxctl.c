// libdaxctl.so.1: the three functions with which libpmem2 lists the dax devices of a region. The
// objects belong to the scripted libndctl; only their layout is shared.
#include "model.h"

struct daxctl_dev *daxctl_dev_get_first(struct daxctl_region *region) {
    return region->devs;
}

struct daxctl_dev *daxctl_dev_get_next(struct daxctl_dev *dev) {
    return dev->next;
}

const char *daxctl_dev_get_devname(struct daxctl_dev *dev) {
    return dev->devname;
}
