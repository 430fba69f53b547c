// The memory of one context: ndctl_unref frees all of it, like libndctl's objects.
#include "scripted.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct scripted_block {
    struct scripted_block *next;
    max_align_t data[];
};

void scripted_crash(const char *why) {
    fprintf(stderr, "scripted libndctl: %s\n", why);
    abort();
}

void *scripted_alloc(struct ndctl_ctx *ctx, size_t size) {
    struct scripted_block *block = calloc(1, sizeof(*block) + size);
    if (block == NULL)
        scripted_crash("out of memory");
    block->next = ctx->allocated;
    ctx->allocated = block;
    return block->data;
}

char *scripted_print(struct ndctl_ctx *ctx, const char *format, ...) {
    va_list args;
    va_start(args, format);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length < 0)
        scripted_crash("cannot format a text");
    char *text = scripted_alloc(ctx, (size_t)length + 1);
    va_start(args, format);
    vsnprintf(text, (size_t)length + 1, format, args);
    va_end(args);
    return text;
}

void scripted_free(struct ndctl_ctx *ctx) {
    while (ctx->allocated != NULL) {
        struct scripted_block *block = ctx->allocated;
        ctx->allocated = block->next;
        free(block);
    }
}
