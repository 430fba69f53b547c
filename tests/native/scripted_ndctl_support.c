// Scratch files, scripts and contexts for the tests of the scripted libndctl.
#include "scripted_ndctl_test.h"
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/fs.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static const char *examples_dir;
static char scratch[4096];

void fail_at(const char *file, int line, const char *format, ...) {
    fprintf(stderr, "%s:%d: ", file, line);
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, "\n(scratch files left in %s)\n", scratch);
    abort();
}

void scratch_begin(const char *examples, const char *parent) {
    examples_dir = examples;
    snprintf(scratch, sizeof(scratch), "%s/scripted-XXXXXX", parent);
    CHECK(mkdtemp(scratch) != NULL);
    struct stat st;
    CHECK_EQ(stat(scratch, &st), 0);
    disk_is(st.st_dev);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw) {
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

void scratch_end(void) {
    CHECK_EQ(nftw(scratch, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

char *scratch_path(const char *name) {
    char path[2 * sizeof(scratch)];
    CHECK(snprintf(path, sizeof(path), "%s/%s", scratch, name) < (int)sizeof(path));
    char *copy = strdup(path);
    CHECK(copy != NULL);
    return copy;
}

static void write_args(const char *name, const char *mode, const char *format, va_list args) {
    char *path = scratch_path(name);
    FILE *file = fopen(path, mode);
    CHECK(file != NULL);
    CHECK(vfprintf(file, format, args) >= 0);
    CHECK_EQ(fclose(file), 0);
    free(path);
}

void write_text(const char *name, const char *format, ...) {
    va_list args;
    va_start(args, format);
    write_args(name, "w", format, args);
    va_end(args);
}

char *read_text(const char *name) {
    char *path = scratch_path(name), *text = NULL;
    size_t capacity = 0;
    FILE *file = fopen(path, "r");
    free(path);
    if (file == NULL || getdelim(&text, &capacity, '\0', file) < 0) {
        free(text);
        text = strdup("");
    }
    if (file != NULL)
        fclose(file);
    return text;
}

unsigned int count_of(const char *text, const char *part) {
    unsigned int count = 0;
    for (; (text = strstr(text, part)) != NULL; text += strlen(part))
        count++;
    return count;
}

static void begin_script(void) {
    char *path = scratch_path("script"), *log = scratch_path("log");
    CHECK_EQ(setenv("PMEM2J_NDCTL_SCRIPT", path, 1), 0);
    CHECK(unlink(log) == 0 || errno == ENOENT);
    free(path);
    free(log);
}

void use_example(const char *name) {
    char path[4096], text[4096];
    snprintf(path, sizeof(path), "%s/%s.script", examples_dir, name);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        fail_at(__FILE__, __LINE__, "no example %s", path);
    size_t length = fread(text, 1, sizeof(text) - 1, file);
    fclose(file);
    text[length] = '\0';
    use_script("%s", text);
}

void use_script(const char *format, ...) {
    begin_script();
    va_list args;
    va_start(args, format);
    write_args("script", "w", format, args);
    va_end(args);
}

void add_to_script(const char *format, ...) {
    va_list args;
    va_start(args, format);
    write_args("script", "a", format, args);
    va_end(args);
}

void disk_is(dev_t device) {
    char *path = scratch_path("disk");
    CHECK(mkdir(path, 0755) == 0 || errno == EEXIST);
    free(path);
    write_text("disk/dev", "%u:%u\n", major(device), minor(device));
}

int open_unsynced(const char *name, size_t pages) {
    char *path = scratch_path(name);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    free(path);
    CHECK(fd >= 0);
    for (size_t i = 0; i < pages; i++) {
        unsigned char page[PAGE];
        memset(page, (int)i + 1, sizeof(page));
        CHECK_EQ(write(fd, page, sizeof(page)), PAGE);
    }
    return fd;
}

int open_scratch(const char *name, size_t pages) {
    int fd = open_unsynced(name, pages);
    CHECK_EQ(fsync(fd), 0); // until then a delayed allocation has no location on the device
    return fd;
}

struct fiemap *extents_of(int fd) {
    unsigned int most = 64;
    struct fiemap *map = calloc(1, sizeof(*map) + most * sizeof(struct fiemap_extent));
    CHECK(map != NULL);
    map->fm_length = FIEMAP_MAX_OFFSET;
    map->fm_flags = FIEMAP_FLAG_SYNC;
    map->fm_extent_count = most;
    CHECK_EQ(ioctl(fd, FS_IOC_FIEMAP, map), 0);
    CHECK(map->fm_mapped_extents > 0 && map->fm_mapped_extents < most);
    return map;
}

struct opened open_context(int fd) {
    struct opened opened = {0};
    CHECK_EQ(pmem2_source_from_fd(&opened.src, fd), 0);
    CHECK_EQ(pmem2_badblock_context_new(&opened.ctx, opened.src), 0);
    CHECK(opened.ctx != NULL);
    return opened;
}

void close_context(struct opened *opened) {
    pmem2_badblock_context_delete(&opened->ctx);
    CHECK_EQ(pmem2_source_delete(&opened->src), 0);
}

int context_error(int fd) {
    struct opened opened = {0};
    CHECK_EQ(pmem2_source_from_fd(&opened.src, fd), 0);
    // A failure must not leave the caller a stale pointer.
    opened.ctx = (struct pmem2_badblock_context *)&opened;
    int error = pmem2_badblock_context_new(&opened.ctx, opened.src);
    CHECK(error == 0 || opened.ctx == NULL);
    close_context(&opened);
    return error;
}

void expect_next(struct opened *opened, size_t offset, size_t length) {
    struct pmem2_badblock bb = {0};
    CHECK_EQ(pmem2_badblock_next(opened->ctx, &bb), 0);
    CHECK_EQ(bb.offset, offset);
    CHECK_EQ(bb.length, length);
}

// libpmem2 1.12 never clears a thread's message, so a test that reads it must clear it first.
static void forget_message(void) {
    char *message = (char *)pmem2_errormsg();
    if (message[0] != '\0')
        message[0] = '\0';
}

void expect_end(struct opened *opened, const char *message) {
    struct pmem2_badblock bb = {0};
    forget_message();
    CHECK_EQ(pmem2_badblock_next(opened->ctx, &bb), PMEM2_E_NO_BAD_BLOCK_FOUND);
    if (strcmp(pmem2_errormsg(), message) != 0)
        fail_at(__FILE__, __LINE__, "the message is \"%s\"", pmem2_errormsg());
}
