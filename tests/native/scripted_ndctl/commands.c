// The commands with which libpmem2 clears an error of a dax device: an address range scrub
// capability query, then clear-error on the range that the query returned.
#include "scripted.h"
#include <errno.h>
#include <stdlib.h>

enum kind { ARS_CAP, CLEAR_ERROR };

struct ndctl_cmd {
    struct ndctl_ctx *ctx;
    enum kind kind;
    bool submitted; // successfully
    struct ndctl_range range;
    unsigned long long cleared;
};

static struct ndctl_cmd *new_cmd(struct ndctl_ctx *ctx, enum kind kind, unsigned long long address,
                                 unsigned long long length) {
    struct ndctl_cmd *cmd = calloc(1, sizeof(*cmd));
    if (cmd == NULL)
        return NULL;
    cmd->ctx = ctx;
    cmd->kind = kind;
    cmd->range.address = address;
    cmd->range.length = length;
    scripted_log_live(ctx, "command", 0, 1);
    return cmd;
}

struct ndctl_cmd *ndctl_bus_cmd_new_ars_cap(struct ndctl_bus *bus, unsigned long long address,
                                            unsigned long long len) {
    if (bus == NULL)
        scripted_crash("ndctl_bus_cmd_new_ars_cap on a NULL bus: the real library crashes here");
    if (scripted_fails(bus->ctx, FN_ndctl_bus_cmd_new_ars_cap))
        return NULL;
    return new_cmd(bus->ctx, ARS_CAP, address, len);
}

struct ndctl_cmd *ndctl_bus_cmd_new_clear_error(unsigned long long address, unsigned long long len,
                                                struct ndctl_cmd *ars_cap) {
    if (ars_cap == NULL || ars_cap->kind != ARS_CAP)
        scripted_crash("ndctl_bus_cmd_new_clear_error without a capability query");
    if (scripted_fails(ars_cap->ctx, FN_ndctl_bus_cmd_new_clear_error))
        return NULL;
    if (!ars_cap->submitted) {
        errno = EINVAL;
        return NULL;
    }
    return new_cmd(ars_cap->ctx, CLEAR_ERROR, address, len);
}

static int submit_ars_cap(struct ndctl_cmd *cmd) {
    scripted_log(cmd->ctx, "ars_cap address 0x%llx length %llu\n", cmd->range.address,
                 cmd->range.length);
    if (scripted_fails(cmd->ctx, FN_submit_ars_cap))
        return -errno;
    if (cmd->ctx->has_ars_range)
        cmd->range = cmd->ctx->ars_range;
    return 0;
}

// Logged before it can fail, because a command that reached the device may have had an effect.
static int submit_clear_error(struct ndctl_cmd *cmd) {
    bool fails = scripted_fails(cmd->ctx, FN_submit_clear_error);
    int error = errno;
    unsigned long long limit = cmd->ctx->clear_limit;
    if (!fails)
        cmd->cleared = cmd->range.length < limit ? cmd->range.length : limit;
    scripted_log(cmd->ctx, "clear_error address 0x%llx length %llu cleared %llu\n",
                 cmd->range.address, cmd->range.length, cmd->cleared);
    return fails ? -error : 0;
}

int ndctl_cmd_submit(struct ndctl_cmd *cmd) {
    if (cmd == NULL)
        scripted_crash("ndctl_cmd_submit of NULL: the real library crashes here");
    int result = cmd->kind == ARS_CAP ? submit_ars_cap(cmd) : submit_clear_error(cmd);
    cmd->submitted = result == 0;
    return result;
}

int ndctl_cmd_ars_cap_get_range(struct ndctl_cmd *ars_cap, struct ndctl_range *range) {
    if (scripted_fails(ars_cap->ctx, FN_ndctl_cmd_ars_cap_get_range))
        return -errno;
    if (ars_cap->kind != ARS_CAP || !ars_cap->submitted)
        return -EINVAL;
    *range = ars_cap->range;
    return 0;
}

unsigned long long ndctl_cmd_clear_error_get_cleared(struct ndctl_cmd *clear_err) {
    return clear_err->kind == CLEAR_ERROR && clear_err->submitted ? clear_err->cleared : 0;
}

void ndctl_cmd_unref(struct ndctl_cmd *cmd) {
    if (cmd == NULL)
        return;
    scripted_log_live(cmd->ctx, "command", 0, -1);
    free(cmd);
}
