// The parts of the scripted libndctl, to each other.
#ifndef SCRIPTED_H
#define SCRIPTED_H

#include "model.h"

// script.c: fills ctx from the file. Returns 0, or -errno after saying on stderr what is wrong.
int scripted_read(struct ndctl_ctx *ctx, const char *path);

// memory.c: memory that lives as long as ctx. Returns zeroed memory, and never NULL.
void *scripted_alloc(struct ndctl_ctx *ctx, size_t size);
char *scripted_print(struct ndctl_ctx *ctx, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void scripted_free(struct ndctl_ctx *ctx);

// hooks.c: what the script says of this call. Blocks if it says so; returns true if the call
// must fail, with the scripted error in errno.
bool scripted_fails(struct ndctl_ctx *ctx, enum scripted_function function);
// -1: no such function.
int scripted_function_by_name(const char *name, enum scripted_failure *failure);

// record.c: the log, and what it remembers.
void scripted_log(struct ndctl_ctx *ctx, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void scripted_log_live(struct ndctl_ctx *ctx, const char *event, int contexts, int commands);
// What of a list that begins at the address base has not been cleared since, says the log.
struct scripted_bad *scripted_still_bad(struct ndctl_ctx *ctx, struct scripted_bad *now,
                                        unsigned long long base);

// badblocks.c: a copy of list without the sectors from..to (to exclusive).
struct scripted_bad *scripted_without(struct ndctl_ctx *ctx, const struct scripted_bad *list,
                                      unsigned long long from, unsigned long long to);

// Says so and aborts: where the real library would crash, a test must not go on.
void scripted_crash(const char *why) __attribute__((noreturn));

#endif
