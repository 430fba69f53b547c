// The internal interface of the scripted libndctl.
#ifndef SCRIPTED_H
#define SCRIPTED_H

#include "model.h"

// script.c: fills ctx from the file. Returns 0, or -errno after printing the error on stderr.
int scripted_read(struct ndctl_ctx *ctx, const char *path);

// memory.c: memory that lives as long as ctx. Returns zeroed memory, and never NULL.
void *scripted_alloc(struct ndctl_ctx *ctx, size_t size);
char *scripted_print(struct ndctl_ctx *ctx, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void scripted_free(struct ndctl_ctx *ctx);

// hooks.c: applies the script to this call. Blocks if the script says so; returns true if the call
// must fail, with the scripted error in errno.
bool scripted_fails(struct ndctl_ctx *ctx, enum scripted_function function);
// -1: no such function.
int scripted_function_by_name(const char *name, enum scripted_failure *failure);

// record.c: the log, and the state that it stores.
void scripted_log(struct ndctl_ctx *ctx, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void scripted_log_live(struct ndctl_ctx *ctx, const char *event, int contexts, int commands);
// The part of a list that has not been cleared according to the log; the list begins at base.
struct scripted_bad *scripted_still_bad(struct ndctl_ctx *ctx, struct scripted_bad *now,
                                        unsigned long long base);

// badblocks.c: a copy of list without the sectors from..to (to exclusive).
struct scripted_bad *scripted_without(struct ndctl_ctx *ctx, const struct scripted_bad *list,
                                      unsigned long long from, unsigned long long to);

// Prints the message and aborts: where the real library would crash, a test must not continue.
void scripted_crash(const char *why) __attribute__((noreturn));

#endif
