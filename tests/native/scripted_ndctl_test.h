// What the tests of the scripted libndctl share.
#ifndef SCRIPTED_NDCTL_TEST_H
#define SCRIPTED_NDCTL_TEST_H

#include <libpmem2.h>
#include <linux/fiemap.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#define PAGE 4096

// Not assert(): it must hold in a release build, too.
#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            fail_at(__FILE__, __LINE__, "%s", #condition);                                         \
    } while (0)

#define CHECK_EQ(actual, expected)                                                                 \
    do {                                                                                           \
        long long check_actual = (long long)(actual), check_expected = (long long)(expected);      \
        if (check_actual != check_expected)                                                        \
            fail_at(__FILE__, __LINE__, "%s is %lld, not %lld (%s); libpmem2 says: %s", #actual,   \
                    check_actual, check_expected, #expected, pmem2_errormsg());                    \
    } while (0)

void fail_at(const char *file, int line, const char *format, ...)
    __attribute__((noreturn, format(printf, 3, 4)));

// The scratch directory, in which scripts, disk/dev and files lie.
void scratch_begin(const char *examples, const char *parent);
void scratch_end(void);
char *scratch_path(const char *name); // to be freed

void write_text(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *read_text(const char *name); // to be freed; "" where there is no such file
unsigned int count_of(const char *text, const char *part);

void use_example(const char *name); // becomes the script, with the log begun anew
void use_script(const char *format, ...) __attribute__((format(printf, 1, 2)));
void add_to_script(const char *format, ...) __attribute__((format(printf, 1, 2)));
void disk_is(dev_t device); // what disk/dev says

int open_scratch(const char *name, size_t pages);  // a new file, page n full of n + 1, on disk
int open_unsynced(const char *name, size_t pages); // likewise, but not yet on disk
struct fiemap *extents_of(int fd);                 // to be freed; puts it there

// A source and a context; context_error is what pmem2_badblock_context_new returns for fd.
struct opened {
    struct pmem2_source *src;
    struct pmem2_badblock_context *ctx;
};
struct opened open_context(int fd);
void close_context(struct opened *opened);
int context_error(int fd);
void expect_next(struct opened *opened, size_t offset, size_t length);
void expect_end(struct opened *opened, const char *message);

void test_errors(void);
void test_language(void);
void test_files(void);
void test_threads(void);
void test_devdax(void);

#endif
