// The real libpmem2 on the scripted libndctl: every error that the manual page of
// pmem2_badblock_context_new lists, and main().
//
//   scripted_ndctl_test EXAMPLES SCRATCH-PARENT [devdax]
//
// The devdax part must run under as_devdax.sh.
#include "scripted_ndctl_test.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

// libpmem2's allocations are redirected here (ld --wrap); the one at which countdown reaches 0
// fails.
static long countdown = -1;

void *__real_malloc(size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_realloc(void *old, size_t size);

static bool refused(void) {
    if (countdown < 0 || countdown-- > 0)
        return false;
    errno = ENOMEM;
    return true;
}

void *__wrap_malloc(size_t size) {
    return refused() ? NULL : __real_malloc(size);
}

void *__wrap_realloc(void *old, size_t size) {
    return refused() ? NULL : __real_realloc(old, size);
}

static void test_no_memory(int fd) {
    use_example("new-no-memory");
    CHECK_EQ(context_error(fd), -ENOMEM);

    use_example("fsdax");
    struct pmem2_source *src;
    CHECK_EQ(pmem2_source_from_fd(&src, fd), 0);
    int refusals = 0, error;
    do {
        struct pmem2_badblock_context *ctx = NULL;
        countdown = refusals;
        error = pmem2_badblock_context_new(&ctx, src);
        countdown = -1;
        if (error != 0) {
            CHECK_EQ(error, -ENOMEM);
            CHECK(ctx == NULL);
            refusals++;
        }
        pmem2_badblock_context_delete(&ctx);
    } while (error != 0);
    CHECK(refusals >= 4); // the context, and what holds the extents
    CHECK_EQ(pmem2_source_delete(&src), 0);
}

// Errors that need a descriptor to change after the source was opened: pmem2_source_from_fd has
// already checked it, and context_new checks again when it reads the extents.
static int error_after_swap(int other) {
    use_example("fsdax");
    int fd = open_scratch("swapped", 1);
    struct pmem2_source *src;
    struct pmem2_badblock_context *ctx;
    CHECK_EQ(pmem2_source_from_fd(&src, fd), 0);
    if (other < 0)
        close(fd);
    else
        CHECK_EQ(dup2(other, fd), fd);
    int error = pmem2_badblock_context_new(&ctx, src);
    CHECK(ctx == NULL);
    CHECK_EQ(pmem2_source_delete(&src), 0);
    if (other >= 0) {
        close(fd);
        close(other);
    }
    return error;
}

// The slave of a pseudo-terminal is a character device that sysfs does not know.
static int open_pty_slave(void) {
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    CHECK(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
    int slave = open(ptsname(master), O_RDONLY | O_NOCTTY | O_CLOEXEC);
    CHECK(slave >= 0);
    close(master);
    return slave;
}

static int source_error(int fd) {
    struct pmem2_source *src;
    int error = pmem2_source_from_fd(&src, fd);
    CHECK(error != 0 && src == NULL);
    close(fd);
    return error;
}

static void test_descriptors(void) {
    int ends[2];
    CHECK_EQ(pipe(ends), 0);
    CHECK_EQ(error_after_swap(-1), -EBADF);
    CHECK_EQ(error_after_swap(open("/", O_RDONLY)), PMEM2_E_INVALID_FILE_TYPE);
    CHECK_EQ(error_after_swap(open("/dev/null", O_RDONLY)), PMEM2_E_INVALID_FILE_TYPE);
    CHECK_EQ(error_after_swap(ends[0]), PMEM2_E_INVALID_FILE_TYPE);
    CHECK_EQ(error_after_swap(open_pty_slave()), -ENOENT);
    close(ends[1]);

    CHECK_EQ(source_error(open("/", O_RDONLY)), PMEM2_E_INVALID_FILE_TYPE);
    CHECK_EQ(source_error(open("/dev/null", O_RDONLY)), PMEM2_E_INVALID_FILE_TYPE);
    CHECK_EQ(source_error(open("/dev/null", O_WRONLY)), PMEM2_E_INVALID_FILE_HANDLE);
    CHECK_EQ(source_error(open_pty_slave()), -ENOENT);
    CHECK_EQ(source_error(-1), PMEM2_E_INVALID_FILE_HANDLE);
}

// Files in memory have no extents, though their device can be matched.
static void test_no_fiemap(void) {
    int fd = memfd_create("scripted", MFD_CLOEXEC);
    struct stat st;
    CHECK(fd >= 0 && write(fd, "x", 1) == 1 && fstat(fd, &st) == 0);
    use_example("fsdax");
    disk_is(st.st_dev);
    CHECK_EQ(context_error(fd), -EOPNOTSUPP);
    close(fd);
    char *parent = scratch_path("");
    CHECK_EQ(stat(parent, &st), 0);
    disk_is(st.st_dev);
    free(parent);
}

static void test_anonymous(void) {
    use_example("fsdax");
    struct pmem2_source *src;
    struct pmem2_badblock_context *ctx = (struct pmem2_badblock_context *)&src;
    CHECK_EQ(pmem2_source_from_anon(&src, PAGE), 0);
    CHECK_EQ(pmem2_badblock_context_new(&ctx, src), PMEM2_E_NOSUPP);
    CHECK_EQ(pmem2_source_delete(&src), 0);
}

void test_errors(void) {
    static const struct {
        const char *example;
        int error;
    } scripts[] = {
        {"new-fails", -EACCES},
        {"new-no-memory", -ENOMEM},
        {"open-fails", -ENOENT},
        {"read-fails", -EISDIR},
        {"region-resource-fails", -EIO},
        {"offset-unreadable", PMEM2_E_CANNOT_READ_BOUNDS},
        {"size-unreadable", PMEM2_E_CANNOT_READ_BOUNDS},
        {"syntax-error", -EINVAL},
        {"no-device", 0},
        {"fsdax", 0},
        {"raw", 0},
    };
    int fd = open_scratch("file", 4);
    char *unreadable = scratch_path("unreadable"), *dev = scratch_path("unreadable/dev");
    CHECK(mkdir(unreadable, 0755) == 0 && mkdir(dev, 0755) == 0);
    for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
        use_example(scripts[i].example);
        CHECK_EQ(context_error(fd), scripts[i].error);
    }
    free(unreadable);
    free(dev);
    test_no_memory(fd);
    close(fd);
    test_descriptors();
    test_no_fiemap();
    test_anonymous();
}

int main(int argc, char **argv) {
    if (argc < 3) {
        fprintf(stderr, "usage: %s EXAMPLES SCRATCH-PARENT [devdax]\n", argv[0]);
        return 2;
    }
    scratch_begin(argv[1], argv[2]);
    if (argc > 3) {
        test_devdax();
    } else {
        test_language();
        test_errors();
        test_files();
        test_threads();
    }
    scratch_end();
    puts("passed");
    return 0;
}
