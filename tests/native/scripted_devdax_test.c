// Dax devices. /dev/zero plays one: as_devdax.sh presents it to libpmem2 as a dax device.
#include "scripted_ndctl_test.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define NAMESPACE 0x100200000ULL // its address in examples/devdax.script

static void test_list(int fd) {
    use_example("devdax");
    struct opened opened = open_context(fd);
    // The region's sectors 4104 and 4996; the namespace begins at 4096. A dax device has no file
    // system blocks, so the ranges are not widened.
    expect_next(&opened, 8 * 512, PAGE);
    expect_next(&opened, 900 * 512, PAGE);
    expect_end(&opened, "");
    size_t value = 0;
    CHECK_EQ(pmem2_source_size(opened.src, &value), 0);
    CHECK_EQ(value, 1 << 30);
    CHECK_EQ(pmem2_source_alignment(opened.src, &value), 0);
    CHECK_EQ(value, PAGE);
    close_context(&opened);
}

static int clear_first(int fd, const char *more) {
    use_example("devdax");
    add_to_script("%s\n", more);
    struct opened opened = open_context(fd);
    struct pmem2_badblock bb = {0};
    CHECK_EQ(pmem2_badblock_next(opened.ctx, &bb), 0);
    int result = pmem2_badblock_clear(opened.ctx, &bb);
    close_context(&opened);
    char *log = read_text("log");
    CHECK(strstr(log, "ndctl_unref contexts 0 commands 0\n") != NULL);
    free(log);
    return result;
}

static void test_clear(int fd) {
    CHECK_EQ(clear_first(fd, ""), 0);
    char *log = read_text("log"), expected[128];
    snprintf(expected, sizeof(expected), "clear_error address 0x%llx length 4096 cleared 4096\n",
             NAMESPACE + 8 * 512);
    CHECK_EQ(count_of(log, expected), 1);
    CHECK_EQ(count_of(log, "clear_error"), 1);
    free(log);

    // The log stores the device's state: a new context finds only the other bad block.
    struct opened opened = open_context(fd);
    expect_next(&opened, 900 * 512, PAGE);
    expect_end(&opened, "");
    close_context(&opened);

    // Half of it is cleared: the rest is still bad.
    CHECK_EQ(clear_first(fd, "short-clear 2048"), -ENXIO);
    opened = open_context(fd);
    expect_next(&opened, 12 * 512, 2048);
    expect_next(&opened, 900 * 512, PAGE);
    expect_end(&opened, "");
    close_context(&opened);
}

static void test_clear_errors(int fd) {
    static const struct {
        const char *line;
        int error;
        unsigned int clear_errors; // in the log
    } cases[] = {
        {"fail ndctl_bus_cmd_new_ars_cap ENOTTY", -ENOTTY, 0},
        {"fail submit_ars_cap ENOTTY", -ENOTTY, 0},
        {"fail ndctl_cmd_ars_cap_get_range EINVAL", -EINVAL, 0},
        {"fail submit_clear_error EIO", -EIO, 1},
        // libpmem2 clears the range that the capability query returned, not the requested one.
        {"ars-range 0x100200000 8192", 0, 1},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CHECK_EQ(clear_first(fd, cases[i].line), cases[i].error);
        char *log = read_text("log");
        CHECK_EQ(count_of(log, "clear_error"), cases[i].clear_errors);
        free(log);
    }
    char *log = read_text("log");
    CHECK_EQ(count_of(log, "clear_error address 0x100200000 length 8192 cleared 8192\n"), 1);
    free(log);
}

static void test_new_errors(int fd) {
    use_example("devdax-no-region");
    CHECK_EQ(context_error(fd), PMEM2_E_DAX_REGION_NOT_FOUND);
    use_example("devdax-unreadable");
    CHECK_EQ(context_error(fd), PMEM2_E_CANNOT_READ_BOUNDS);
    use_script("bus b\nregion 0\nnamespace devdax dev zero size unreadable\n");
    CHECK_EQ(context_error(fd), PMEM2_E_CANNOT_READ_BOUNDS);
    use_script("bus b\nregion 0\nnamespace devdax dev no-such-device size 1G\n");
    CHECK_EQ(context_error(fd), -ENOENT);
    use_script("bus b\nregion 0\nnamespace devdax dev zero size 1G\n"
               "fail ndctl_region_get_resource EACCES\n");
    CHECK_EQ(context_error(fd), -EACCES);

    use_script("bus b\nregion 0\nnamespace devdax dev null size 1G\n");
    struct opened opened = open_context(fd);
    expect_end(&opened, "Cannot find any matching device, no bad blocks found");
    close_context(&opened);
}

static void clear_unmatched(struct opened *opened) {
    struct pmem2_badblock bb = {.offset = 0, .length = PAGE};
    pmem2_badblock_clear(opened->ctx, &bb);
}

static void size_unmatched(struct opened *opened) {
    size_t size;
    pmem2_source_size(opened->src, &size);
}

static void clear_without_command(struct opened *opened) {
    struct pmem2_badblock bb;
    if (pmem2_badblock_next(opened->ctx, &bb) == 0)
        pmem2_badblock_clear(opened->ctx, &bb);
}

// Calls that crash the process in libpmem2, each in a child process: the layer above must prevent
// them.
static void expect_crash(int fd, void (*call)(struct opened *)) {
    fflush(NULL);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        // The crash is expected: no report of a sanitizer, no core.
        signal(SIGSEGV, SIG_DFL);
        signal(SIGABRT, SIG_DFL);
        struct opened opened = open_context(fd);
        call(&opened);
        _exit(0);
    }
    int status;
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK(!WIFEXITED(status) || WEXITSTATUS(status) != 0);
}

void test_devdax(void) {
    int fd = open("/dev/zero", O_RDWR | O_CLOEXEC);
    CHECK(fd >= 0);
    test_list(fd);
    test_clear(fd);
    test_clear_errors(fd);
    test_new_errors(fd);

    use_script("bus b\nregion 0\nnamespace devdax dev null size 1G\n");
    expect_crash(fd, clear_unmatched);
    expect_crash(fd, size_unmatched);
    use_example("devdax");
    add_to_script("fail ndctl_bus_cmd_new_clear_error ENOMEM\n");
    expect_crash(fd, clear_without_command);
    close(fd);
}
