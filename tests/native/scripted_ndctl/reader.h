// Reads a script word by word. Every function with the result int returns 0, or -EINVAL after
// scripted_wrong has reported the error and its line.
#ifndef SCRIPTED_READER_H
#define SCRIPTED_READER_H

#include "scripted.h"

struct reader {
    struct ndctl_ctx *ctx;
    const char *path;
    const char *directory; // of the script, absolute: what @ stands for
    unsigned int line;
    char *rest; // strtok_r's place in the line
    struct ndctl_bus *bus;
    struct ndctl_region *region;
    struct ndctl_namespace *ndns; // NULL after a region line: bad blocks are the region's then
};

int scripted_wrong(struct reader *reader, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// The next word of the line, or NULL at its end or at a comment.
char *scripted_word(struct reader *reader);
int scripted_at_end(struct reader *reader);
int scripted_text(struct reader *reader, const char *what, const char **value);
// 0x is hexadecimal; K, M and G multiply by 1024.
int scripted_number(struct reader *reader, const char *what, unsigned long long max,
                    unsigned long long *value);
int scripted_bound(struct reader *reader, const char *what, unsigned long long *value);
// @NAME is NAME in the directory of the script.
int scripted_path(struct reader *reader, const char **value);
int scripted_error_number(struct reader *reader, int *value);
// [after N]: the first N calls of a context succeed.
int scripted_after(struct reader *reader, unsigned long *calls);

// namespace.c: the rest of a namespace line.
int scripted_namespace(struct reader *reader);

#endif
