// The script language: syntax errors, delays, counts, and contexts in many threads.
#include "scripted_ndctl_test.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

// Each of these must be refused. The messages in the log of the test are expected.
static void test_refused(int fd) {
    static const char *const wrong[] = {
        "bus",
        "bus b c",
        "Bus b",
        "region 0",
        "bus b\nregion",
        "bus b\nregion -1",
        "bus b\nregion 4294967296",
        "bus b\nregion 0 resource",
        "bus b\nregion 0 resource 0x",
        "bus b\nregion 0 resource 1T",
        "bus b\nregion 0 size 1G",
        "bus b\nregion 0 resource 18446744073709551615",
        "bus b\nregion 0 resource 99999999999G",
        "bus b\ndimm x",
        "bus b\nregion 0\ndimm",
        "bus b\nregion 0\ndimm x dirty-shutdowns many",
        "bus b\nnamespace raw size 1G",
        "bus b\nregion 0\nbus c\nnamespace raw size 1G",
        "bus b\nregion 0\nnamespace fsdox size 1G",
        "bus b\nregion 0\nnamespace raw",
        "bus b\nregion 0\nnamespace raw size 1G colour red",
        "bus b\nregion 0\nnamespace devdax size 1G dev",
        "badblock 1 1",
        "bus b\nregion 0\nbadblock 1",
        "bus b\nregion 0\nbadblock 1 0",
        "bus b\nregion 0\nbadblock 1 1 1",
        "bus b\nregion 0\nbadblock 1 4294967296",
        "fail",
        "fail ndctl_ref EIO",
        "fail ndctl_bus_get_first EIO",
        "fail ndctl_new",
        "fail ndctl_new EWHAT",
        "fail ndctl_new 0",
        "fail ndctl_new EIO before 1",
        "fail ndctl_new EIO after",
        "fail ndctl_new EIO after 1 2",
        "block-on ndctl_new",
        "block-on ndctl_new @script",
        "block-on ndctl_new @nothing",
        "log",
        "ars-range 1",
        "short-clear",
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        use_script("# a comment\n\n%s\n", wrong[i]);
        if (context_error(fd) != -EINVAL)
            fail_at(__FILE__, __LINE__, "accepted: %s", wrong[i]);
    }
    use_script("%s", "");
    CHECK_EQ(context_error(fd), 0);
    use_script("  bus b # one\n\tregion 010 numa 1 resource 1K\nfail ndctl_new -5 after 1 # x");
    CHECK_EQ(context_error(fd), 0);
    use_script("fail ndctl_new -5");
    CHECK_EQ(context_error(fd), -EIO);

    CHECK_EQ(setenv("PMEM2J_NDCTL_SCRIPT", "/nonexistent", 1), 0);
    CHECK_EQ(context_error(fd), -EINVAL);
    CHECK_EQ(unsetenv("PMEM2J_NDCTL_SCRIPT"), 0);
    CHECK_EQ(context_error(fd), -EINVAL);
}

// The result of a function that fails: the first call succeeds, the second fails.
static void test_after(int fd) {
    use_script("bus b\nregion 0 resource 4096\nnamespace raw block @disk size 1G\n"
               "fail ndctl_region_get_resource EIO after 1\n");
    CHECK_EQ(context_error(fd), 0); // libpmem2 calls twice, and does not check the second result
    use_script("bus b\nregion 0\nnamespace raw block @disk size 1G\n"
               "fail ndctl_region_get_resource 0\n");
    CHECK_EQ(context_error(fd), -EINVAL); // there is no errno: libpmem2 substitutes one
    use_script("bus b\nregion 0\nnamespace unknown pfn block @disk size 1G\n"
               "fail ndctl_pfn_get_size EACCES\n");
    CHECK_EQ(context_error(fd), PMEM2_E_CANNOT_READ_BOUNDS);
    use_script("bus b\nregion 0\nnamespace sector block @disk size 1G\n"
               "fail ndctl_namespace_get_resource EACCES\n");
    CHECK_EQ(context_error(fd), PMEM2_E_CANNOT_READ_BOUNDS);
}

static void test_dev_file(int fd) {
    use_example("fsdax");
    static const char *const contents[] = {"", "no newline"};
    for (size_t i = 0; i < 2; i++) {
        write_text("disk/dev", "%s", contents[i]);
        CHECK_EQ(context_error(fd), PMEM2_E_INVALID_DEV_FORMAT);
    }
    struct stat st;
    CHECK_EQ(fstat(fd, &st), 0);
    disk_is(st.st_dev);
}

void test_language(void) {
    int fd = open_scratch("file", 1);
    test_refused(fd);
    test_after(fd);
    test_dev_file(fd);
    close(fd);
}

struct call {
    pthread_t thread;
    int fd;
    bool drain;
    atomic_bool returned;
};

static void *one_call(void *argument) {
    struct call *call = argument;
    struct opened opened = open_context(call->fd);
    if (call->drain)
        expect_end(&opened, "");
    atomic_store(&call->returned, true);
    close_context(&opened);
    return NULL;
}

// The call is certainly blocked from the moment the FIFO opens until it is closed.
static void test_barrier(int fd, const char *function, bool drain) {
    char *fifo = scratch_path("fifo");
    CHECK(mkfifo(fifo, 0600) == 0 || errno == EEXIST);
    use_example("fsdax");
    add_to_script("block-on %s @fifo\n", function);
    struct call call = {.fd = fd, .drain = drain};
    CHECK_EQ(pthread_create(&call.thread, NULL, one_call, &call), 0);
    int writer = open(fifo, O_WRONLY | O_CLOEXEC);
    CHECK(writer >= 0);
    CHECK(!atomic_load(&call.returned));
    close(writer);
    CHECK_EQ(pthread_join(call.thread, NULL), 0);
    CHECK(atomic_load(&call.returned));
    free(fifo);
}

#define THREADS 8
#define CYCLES 50

static void *many_calls(void *argument) {
    struct call *call = argument;
    for (int i = 0; i < CYCLES; i++) {
        struct opened opened = open_context(call->fd);
        expect_end(&opened, "");
        close_context(&opened);
    }
    return NULL;
}

static void test_many(int fd) {
    use_example("fsdax");
    struct call calls[THREADS];
    for (int i = 0; i < THREADS; i++) {
        calls[i].fd = fd;
        CHECK_EQ(pthread_create(&calls[i].thread, NULL, many_calls, &calls[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        CHECK_EQ(pthread_join(calls[i].thread, NULL), 0);
    char *log = read_text("log");
    CHECK_EQ(count_of(log, "ndctl_new "), THREADS * CYCLES);
    CHECK_EQ(count_of(log, "ndctl_unref "), THREADS * CYCLES);
    CHECK_EQ(count_of(log, "\n"), 2 * THREADS * CYCLES);
    free(log);
    use_example("fsdax");
    CHECK_EQ(context_error(fd), 0);
    log = read_text("log");
    CHECK(strstr(log, "ndctl_unref contexts 0 commands 0\n") != NULL);
    free(log);
}

static void test_leak_is_seen(int fd) {
    use_example("fsdax");
    struct opened kept = open_context(fd), closed = open_context(fd);
    close_context(&closed);
    char *log = read_text("log");
    CHECK(strstr(log, "ndctl_unref contexts 1 commands 0\n") != NULL);
    free(log);
    close_context(&kept);
}

void test_threads(void) {
    int fd = open_scratch("file", 1);
    test_barrier(fd, "ndctl_new", false);
    test_barrier(fd, "ndctl_namespace_get_first_badblock", true);
    test_many(fd);
    test_leak_is_seen(fd);
    close(fd);
}
