// Parses the words and numbers of a script.
#include "reader.h"
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int scripted_wrong(struct reader *reader, const char *format, ...) {
    char message[256];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    fprintf(stderr, "scripted libndctl: %s:%u: %s\n", reader->path, reader->line, message);
    return -EINVAL;
}

char *scripted_word(struct reader *reader) {
    char *next = strtok_r(NULL, " \t\n", &reader->rest);
    if (next == NULL || next[0] != '#')
        return next;
    next[0] = '\0'; // the line ends here for the next call, too
    reader->rest = next;
    return NULL;
}

int scripted_at_end(struct reader *reader) {
    const char *extra = scripted_word(reader);
    return extra == NULL ? 0 : scripted_wrong(reader, "\"%s\" is too much", extra);
}

int scripted_text(struct reader *reader, const char *what, const char **value) {
    const char *next = scripted_word(reader);
    if (next == NULL)
        return scripted_wrong(reader, "%s is missing", what);
    *value = scripted_print(reader->ctx, "%s", next);
    return 0;
}

static int parse(struct reader *reader, const char *what, const char *next, unsigned long long max,
                 unsigned long long *value) {
    if (next == NULL)
        return scripted_wrong(reader, "%s is missing", what);
    // strtoull alone would accept a sign.
    if (!isdigit((unsigned char)next[0]))
        return scripted_wrong(reader, "%s: \"%s\" is not a number", what, next);
    char *end;
    errno = 0;
    unsigned long long parsed = strtoull(next, &end, 0);
    static const char units[] = "KMG";
    const char *unit = *end != '\0' ? strchr(units, *end) : NULL;
    unsigned int shift = unit == NULL ? 0 : (unsigned int)(unit - units + 1) * 10;
    if (end[unit == NULL ? 0 : 1] != '\0' || errno != 0 || parsed > max >> shift)
        return scripted_wrong(reader, "%s: \"%s\" is not a number up to %llu", what, next, max);
    *value = parsed << shift;
    return 0;
}

int scripted_number(struct reader *reader, const char *what, unsigned long long max,
                    unsigned long long *value) {
    return parse(reader, what, scripted_word(reader), max, value);
}

int scripted_bound(struct reader *reader, const char *what, unsigned long long *value) {
    const char *next = scripted_word(reader);
    if (next != NULL && strcmp(next, "unreadable") == 0) {
        *value = SCRIPTED_UNREADABLE;
        return 0;
    }
    return parse(reader, what, next, SCRIPTED_UNREADABLE - 1, value);
}

int scripted_path(struct reader *reader, const char **value) {
    if (scripted_text(reader, "the path", value))
        return -EINVAL;
    if ((*value)[0] == '@')
        *value = scripted_print(reader->ctx, "%s/%s", reader->directory, *value + 1);
    return 0;
}

int scripted_error_number(struct reader *reader, int *value) {
    const char *next = scripted_word(reader);
    if (next == NULL)
        return scripted_wrong(reader, "the error is missing");
    for (int error = 1; error < 134; error++) {
        const char *name = strerrorname_np(error);
        if (name != NULL && strcmp(name, next) == 0) {
            *value = error;
            return 0;
        }
    }
    // 0 is allowed: libndctl's getters may fail without an errno.
    char *end;
    long parsed = strtol(next, &end, 10);
    if (end == next || *end != '\0' || parsed < -4095 || parsed > 4095)
        return scripted_wrong(reader, "\"%s\" is no errno", next);
    *value = (int)(parsed < 0 ? -parsed : parsed);
    return 0;
}

int scripted_after(struct reader *reader, unsigned long *calls) {
    const char *next = scripted_word(reader);
    *calls = 0;
    if (next == NULL)
        return 0;
    if (strcmp(next, "after") != 0)
        return scripted_wrong(reader, "\"%s\": only \"after\" may follow", next);
    unsigned long long value;
    if (scripted_number(reader, "after", ULONG_MAX, &value))
        return -EINVAL;
    *calls = (unsigned long)value;
    return scripted_at_end(reader);
}
