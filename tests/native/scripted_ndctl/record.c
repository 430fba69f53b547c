// The log: one line for every context and every command, each appended by a single write so that
// the lines of threads do not mix. It also stores the device's state: a range in a clear_error line
// is no longer bad, in this context and in later ones, until the log is deleted.
#include "scripted.h"
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static atomic_int live_contexts, live_commands;

void scripted_log(struct ndctl_ctx *ctx, const char *format, ...) {
    if (ctx->log == NULL)
        return;
    char line[256];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    if (length < 0 || (size_t)length >= sizeof(line))
        scripted_crash("a line of the log is too long");

    int before = errno;
    int fd = open(ctx->log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0 || write(fd, line, (size_t)length) != length)
        fprintf(stderr, "scripted libndctl: log %s: %s\n", ctx->log, strerror(errno));
    if (fd >= 0)
        close(fd);
    errno = before;
}

// Counts objects up or down and logs how many are alive in this process: a test of the layer
// above ends with the line "ndctl_unref contexts 0 commands 0", or something leaked.
void scripted_log_live(struct ndctl_ctx *ctx, const char *event, int contexts, int commands) {
    int now_contexts = atomic_fetch_add(&live_contexts, contexts) + contexts;
    int now_commands = atomic_fetch_add(&live_commands, commands) + commands;
    if (contexts != 0)
        scripted_log(ctx, "%s contexts %d commands %d\n", event, now_contexts, now_commands);
}

struct scripted_bad *scripted_still_bad(struct ndctl_ctx *ctx, struct scripted_bad *now,
                                        unsigned long long base) {
    FILE *log = ctx->log != NULL && base != SCRIPTED_UNREADABLE ? fopen(ctx->log, "re") : NULL;
    if (log == NULL)
        return now;

    char *line = NULL;
    size_t capacity = 0;
    while (getline(&line, &capacity, log) > 0) {
        unsigned long long address, asked, cleared;
        if (sscanf(line, "clear_error address %llx length %llu cleared %llu", &address, &asked,
                   &cleared) != 3)
            continue;
        unsigned long long past = address + cleared;
        if (past <= base)
            continue;
        // Only whole sectors are cleared.
        unsigned long long from =
            address <= base ? 0 : (address - base + SCRIPTED_SECTOR - 1) / SCRIPTED_SECTOR;
        unsigned long long to = (past - base) / SCRIPTED_SECTOR;
        if (from < to)
            now = scripted_without(ctx, now, from, to);
    }
    free(line);
    fclose(log);
    return now;
}
