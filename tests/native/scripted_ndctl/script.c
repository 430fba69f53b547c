// The reader of scripts; README.md beside this file describes the language.
//
// It is strict: a script with a mistake would otherwise test something other than intended.
#include "reader.h"
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int hook_of(struct reader *reader, struct scripted_hook **hook,
                   enum scripted_failure *failure) {
    const char *name = scripted_word(reader);
    if (name == NULL)
        return scripted_wrong(reader, "the function is missing");
    int function = scripted_function_by_name(name, failure);
    if (function < 0)
        return scripted_wrong(reader, "%s is none of the functions here", name);
    *hook = &reader->ctx->hooks[function];
    return 0;
}

static int read_fail(struct reader *reader) {
    struct scripted_hook *hook;
    enum scripted_failure failure;
    if (hook_of(reader, &hook, &failure) || scripted_error_number(reader, &hook->error))
        return -EINVAL;
    if (failure == SCRIPTED_NEVER || (failure == SCRIPTED_CODE && hook->error == 0))
        return scripted_wrong(reader, "this function cannot fail like that");
    hook->fails = true;
    return scripted_after(reader, &hook->fail_after);
}

static int read_block_on(struct reader *reader) {
    struct scripted_hook *hook;
    enum scripted_failure ignored;
    struct stat st;
    if (hook_of(reader, &hook, &ignored) || scripted_path(reader, &hook->fifo))
        return -EINVAL;
    // If the barrier were missing, a test of races would pass without a race.
    if (stat(hook->fifo, &st) != 0 || !S_ISFIFO(st.st_mode))
        return scripted_wrong(reader, "%s is not a FIFO", hook->fifo);
    return scripted_after(reader, &hook->fifo_after);
}

static int read_log(struct reader *reader) {
    return scripted_path(reader, &reader->ctx->log) ? -EINVAL : scripted_at_end(reader);
}

static int read_ars_range(struct reader *reader) {
    struct ndctl_ctx *ctx = reader->ctx;
    ctx->has_ars_range = true;
    if (scripted_number(reader, "the address", ULLONG_MAX, &ctx->ars_range.address) ||
        scripted_number(reader, "the length", ULLONG_MAX, &ctx->ars_range.length))
        return -EINVAL;
    return scripted_at_end(reader);
}

static int read_short_clear(struct reader *reader) {
    if (scripted_number(reader, "the limit", ULLONG_MAX, &reader->ctx->clear_limit))
        return -EINVAL;
    return scripted_at_end(reader);
}

static int read_bus(struct reader *reader) {
    struct ndctl_bus *bus = scripted_alloc(reader->ctx, sizeof(*bus));
    bus->ctx = reader->ctx;
    if (scripted_text(reader, "the provider", &bus->provider))
        return -EINVAL;
    struct ndctl_bus **end = &reader->ctx->buses;
    while (*end != NULL)
        end = &(*end)->next;
    *end = reader->bus = bus;
    reader->region = NULL;
    reader->ndns = NULL;
    return scripted_at_end(reader);
}

static int read_region(struct reader *reader) {
    if (reader->bus == NULL)
        return scripted_wrong(reader, "region before any bus");
    struct ndctl_region *region = scripted_alloc(reader->ctx, sizeof(*region));
    unsigned long long value;
    if (scripted_number(reader, "the region's id", UINT_MAX, &value))
        return -EINVAL;
    region->bus = reader->bus;
    region->id = (unsigned int)value;
    region->numa_node = NUMA_NO_NODE;

    for (const char *key; (key = scripted_word(reader)) != NULL;) {
        if (strcmp(key, "resource") == 0) {
            if (scripted_bound(reader, key, &region->resource))
                return -EINVAL;
        } else if (strcmp(key, "numa") == 0) {
            if (scripted_number(reader, key, INT_MAX, &value))
                return -EINVAL;
            region->numa_node = (int)value;
        } else {
            return scripted_wrong(reader, "a region has no \"%s\"", key);
        }
    }
    struct ndctl_region **end = &reader->bus->regions;
    while (*end != NULL)
        end = &(*end)->next;
    *end = reader->region = region;
    reader->ndns = NULL;
    return 0;
}

static int read_dimm(struct reader *reader) {
    if (reader->region == NULL)
        return scripted_wrong(reader, "dimm before any region");
    struct ndctl_dimm *dimm = scripted_alloc(reader->ctx, sizeof(*dimm));
    dimm->region = reader->region;
    if (scripted_text(reader, "the unique id", &dimm->unique_id))
        return -EINVAL;
    if (strcmp(dimm->unique_id, "none") == 0)
        dimm->unique_id = NULL;

    const char *key = scripted_word(reader);
    if (key != NULL && strcmp(key, "dirty-shutdowns") != 0)
        return scripted_wrong(reader, "a dimm has no \"%s\"", key);
    if (key == NULL) {
        dimm->dirty_shutdowns = -ENOENT; // libndctl's result if the platform has no count
    } else {
        unsigned long long value;
        if (scripted_number(reader, key, LLONG_MAX, &value))
            return -EINVAL;
        dimm->dirty_shutdowns = (long long)value;
    }
    struct ndctl_dimm **end = &reader->region->dimms;
    while (*end != NULL)
        end = &(*end)->next;
    *end = dimm;
    return scripted_at_end(reader);
}

static int read_badblock(struct reader *reader) {
    if (reader->region == NULL)
        return scripted_wrong(reader, "badblock before any region");
    struct scripted_bad *bad = scripted_alloc(reader->ctx, sizeof(*bad));
    unsigned long long count;
    if (scripted_number(reader, "the sector", ULLONG_MAX / SCRIPTED_SECTOR, &bad->range.offset) ||
        scripted_number(reader, "the count", UINT_MAX, &count))
        return -EINVAL;
    if (count == 0)
        return scripted_wrong(reader, "a bad block of no sectors");
    bad->range.len = (unsigned int)count;
    struct scripted_badlist *list =
        reader->ndns != NULL ? &reader->ndns->bad : &reader->region->bad;
    struct scripted_bad **end = &list->scripted;
    while (*end != NULL)
        end = &(*end)->next;
    *end = bad;
    return scripted_at_end(reader);
}

static const struct {
    const char *name;
    int (*read)(struct reader *);
} statements[] = {
    {"bus", read_bus},
    {"region", read_region},
    {"dimm", read_dimm},
    {"namespace", scripted_namespace},
    {"badblock", read_badblock},
    {"fail", read_fail},
    {"block-on", read_block_on},
    {"log", read_log},
    {"ars-range", read_ars_range},
    {"short-clear", read_short_clear},
};

static int read_line(struct reader *reader, char *line) {
    reader->rest = line;
    const char *name = scripted_word(reader);
    if (name == NULL)
        return 0;
    for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]); i++) {
        if (strcmp(statements[i].name, name) == 0)
            return statements[i].read(reader);
    }
    return scripted_wrong(reader, "\"%s\" means nothing here", name);
}

int scripted_read(struct ndctl_ctx *ctx, const char *path) {
    struct reader reader = {.ctx = ctx, .path = path};
    FILE *file = fopen(path, "re");
    char *real = file == NULL ? NULL : realpath(path, NULL);
    if (real == NULL) {
        scripted_wrong(&reader, "cannot open: %s", strerror(errno));
        if (file != NULL)
            fclose(file);
        return -EINVAL;
    }
    reader.directory = scripted_print(ctx, "%s", dirname(real));
    free(real);

    char *line = NULL;
    size_t capacity = 0;
    int result = 0;
    while (result == 0 && getline(&line, &capacity, file) >= 0) {
        reader.line++;
        result = read_line(&reader, line);
    }
    if (result == 0 && ferror(file))
        result = scripted_wrong(&reader, "cannot read");
    free(line);
    fclose(file);
    return result;
}
