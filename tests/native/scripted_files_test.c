// Bad blocks of real files: scripted at the locations that FIEMAP returns, reported by libpmem2 as
// offsets in the files.
#include "scripted_ndctl_test.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define SECTOR 512ULL
#define OFFSET (1ULL << 20) // of the namespace in its region

static unsigned long long sector_of(const struct fiemap_extent *extent, unsigned long long within) {
    return (extent->fe_physical + within) / SECTOR;
}

// A file in one extent, which may take several attempts on a full file system.
static int open_whole(size_t pages, struct fiemap **map) {
    for (int attempt = 0; attempt < 32; attempt++) {
        char name[32];
        snprintf(name, sizeof(name), "whole%d", attempt);
        int fd = open_scratch(name, pages);
        *map = extents_of(fd);
        if ((*map)->fm_mapped_extents == 1)
            return fd;
        free(*map);
        close(fd);
    }
    fail_at(__FILE__, __LINE__, "no file of %zu pages in one extent", pages);
}

static void test_no_device(void) {
    int fd = open_scratch("file", 1);
    use_example("no-device");
    struct opened opened = open_context(fd);
    expect_end(&opened, "Cannot find any matching device, no bad blocks found");
    close_context(&opened);

    // Another disk, and namespaces that are not enabled or belong to a dax device.
    use_script("bus b\nregion 0\nnamespace fsdax block @disk size 1G\n"
               "namespace fsdax size 1G\nnamespace devdax dev zero size 1G\n");
    disk_is(makedev(4095, 1048575));
    opened = open_context(fd);
    expect_end(&opened, "Cannot find any matching device, no bad blocks found");
    close_context(&opened);
    struct stat st;
    CHECK_EQ(fstat(fd, &st), 0);
    disk_is(st.st_dev);
    close(fd);
}

// A trap for the layer above: after a matched device without bad blocks the thread still has its
// previous message, so the message alone does not distinguish it from an unmatched device.
static void test_message_stays(void) {
    int fd = open_scratch("file", 1);
    use_example("no-device");
    struct opened unmatched = open_context(fd);
    expect_end(&unmatched, "Cannot find any matching device, no bad blocks found");
    close_context(&unmatched);
    use_example("fsdax");
    struct opened matched = open_context(fd);
    struct pmem2_badblock bb;
    CHECK_EQ(pmem2_badblock_next(matched.ctx, &bb), PMEM2_E_NO_BAD_BLOCK_FOUND);
    CHECK(strcmp(pmem2_errormsg(), "Cannot find any matching device, no bad blocks found") == 0);
    close_context(&matched);
    close(fd);
}

// The machine's own disk under its own name, which may be a partition's ("vda/vda1").
static void test_real_name(void) {
    struct fiemap *map;
    int fd = open_whole(2, &map);
    struct stat st;
    char link[64], target[4096] = "";
    CHECK_EQ(fstat(fd, &st), 0);
    snprintf(link, sizeof(link), "/sys/dev/block/%u:%u", major(st.st_dev), minor(st.st_dev));
    ssize_t length = readlink(link, target, sizeof(target) - 1);
    char *name = length > 0 ? strstr(target, "/block/") : NULL;
    if (name == NULL) {
        printf("no block device of its own below the scratch directory: its name is not tested\n");
        free(map);
        close(fd);
        return;
    }
    use_script("bus b\nregion 0\nnamespace fsdax block %s size 1024G\nbadblock %llu 1\n",
               name + strlen("/block/"), sector_of(&map->fm_extents[0], PAGE + SECTOR));
    struct opened opened = open_context(fd);
    expect_next(&opened, PAGE, PAGE);
    expect_end(&opened, "");
    close_context(&opened);
    free(map);
    close(fd);
}

#define MACHINE "log @log\nbus b\nregion 0 resource 0x100000000\n"
#define NAMESPACE(mode) "namespace " mode " block @disk resource 0x100100000 size 1024G\n"

// A script, between the lines before and after, of one bad sector, a bad range over two pages, and
// bad sectors next to the file, each shifted by shift sectors from its location on the disk.
static void test_offsets(const char *before, unsigned long long shift, const char *after) {
    struct fiemap *map;
    int fd = open_whole(16, &map);
    const struct fiemap_extent *extent = &map->fm_extents[0];
    CHECK(extent->fe_physical >= PAGE);
    use_script("%s", before);
    add_to_script("badblock %llu 8\n", sector_of(extent, 0) - 8 + shift);
    add_to_script("badblock %llu 1\n", sector_of(extent, 2 * PAGE + 3 * SECTOR) + shift);
    add_to_script("badblock %llu 9\n", sector_of(extent, 5 * PAGE) + shift);
    add_to_script("badblock %llu 100\n", sector_of(extent, 15 * PAGE) + shift);
    add_to_script("badblock %llu 8\n", sector_of(extent, extent->fe_length) + shift);
    add_to_script("%s", after);
    struct opened opened = open_context(fd);
    expect_next(&opened, 2 * PAGE, PAGE);
    expect_next(&opened, 5 * PAGE, 2 * PAGE);
    expect_next(&opened, 15 * PAGE, PAGE); // cut at the end of the extent
    expect_end(&opened, "");
    close_context(&opened);

    char *log = read_text("log");
    CHECK_EQ(count_of(log, "ndctl_new contexts 1 commands 0\n"), 1);
    CHECK_EQ(count_of(log, "ndctl_unref contexts 0 commands 0\n"), 1);
    free(log);
    free(map);
    close(fd);
}

// A file with holes: each extent is found at its own logical offset.
static void test_holes(void) {
    int fd = open_scratch("holes", 0);
    for (int i = 0; i < 4; i++)
        CHECK_EQ(pwrite(fd, "data", 4, (off_t)i * 64 * PAGE), 4);
    CHECK_EQ(fsync(fd), 0);
    struct fiemap *map = extents_of(fd);
    CHECK_EQ(map->fm_mapped_extents, 4);
    use_example("fsdax");
    for (unsigned int i = 0; i < 4; i++)
        add_to_script("badblock %llu 1\n", sector_of(&map->fm_extents[3 - i], SECTOR));
    struct opened opened = open_context(fd);
    for (unsigned int i = 0; i < 4; i++)
        expect_next(&opened, (3 - i) * 64 * PAGE, PAGE);
    expect_end(&opened, "");
    close_context(&opened);
    free(map);
    close(fd);
}

static void test_unlistable(void) {
    int fd = open_scratch("file", 1);
    struct fiemap *map = extents_of(fd);
    use_example("fsdax");
    add_to_script("badblock %llu 8\n", sector_of(&map->fm_extents[0], 0));
    add_to_script("fail ndctl_namespace_get_first_badblock EACCES\n");
    struct opened opened = open_context(fd);
    expect_end(&opened, ""); // libpmem2 takes a failure of libndctl for an empty list
    close_context(&opened);
    free(map);
    close(fd);
}

// clear zeros exactly the reported range, and sends no command to the device.
static void test_clear(void) {
    struct fiemap *map;
    int fd = open_whole(8, &map);
    use_example("fsdax");
    add_to_script("badblock %llu 10\n", sector_of(&map->fm_extents[0], 3 * PAGE));
    struct opened opened = open_context(fd);
    struct pmem2_badblock bb = {0};
    CHECK_EQ(pmem2_badblock_next(opened.ctx, &bb), 0);
    CHECK_EQ(bb.offset, 3 * PAGE);
    CHECK_EQ(bb.length, 2 * PAGE);
    CHECK_EQ(pmem2_badblock_clear(opened.ctx, &bb), 0);
    close_context(&opened);

    unsigned char byte[8 * PAGE], extra;
    CHECK_EQ(pread(fd, byte, sizeof(byte), 0), sizeof(byte));
    CHECK_EQ(pread(fd, &extra, 1, sizeof(byte)), 0);
    for (size_t i = 0; i < sizeof(byte); i++)
        CHECK_EQ(byte[i], i / PAGE == 3 || i / PAGE == 4 ? 0 : i / PAGE + 1);
    char *log = read_text("log");
    CHECK_EQ(count_of(log, "clear_error"), 0);
    free(log);
    free(map);
    close(fd);
}

static void test_dimms(void) {
    int fd = open_scratch("file", 1);
    use_example("fsdax");
    struct pmem2_source *src;
    CHECK_EQ(pmem2_source_from_fd(&src, fd), 0);
    uint64_t count = 0;
    CHECK_EQ(pmem2_source_device_usc(src, &count), 0);
    CHECK_EQ(count, 3 + 4);
    size_t length = 0;
    CHECK_EQ(pmem2_source_device_id(src, NULL, &length), 0);
    char id[64] = "";
    CHECK_EQ(length, 2 * strlen("8089-a2-1837-0000001") + 1);
    CHECK_EQ(pmem2_source_device_id(src, id, &length), 0);
    CHECK_EQ(strcmp(id, "8089-a2-1837-00000018089-a2-1837-0000002"), 0);
    int node = -1;
    CHECK_EQ(pmem2_source_numa_node(src, &node), 0);
    CHECK_EQ(node, 0);

    use_script("bus b\nregion 0\nnamespace fsdax block @disk size 1G\ndimm none\n");
    CHECK_EQ(pmem2_source_device_usc(src, &count), PMEM2_E_NOSUPP);
    CHECK_EQ(pmem2_source_device_id(src, NULL, &length), PMEM2_E_NOSUPP);
    CHECK_EQ(pmem2_source_delete(&src), 0);
    close(fd);
}

void test_files(void) {
    test_no_device();
    test_message_stays();
    test_real_name();
    // libpmem2 reads the namespace's list in fsdax mode and the region's in other modes. Both lists
    // have a bad block, whether the script names it under the namespace or the region.
    test_offsets(MACHINE NAMESPACE("fsdax"), 0, "");
    test_offsets(MACHINE NAMESPACE("raw"), 0, "");
    test_offsets(MACHINE NAMESPACE("sector"), 0, "");
    test_offsets(MACHINE, OFFSET / SECTOR, NAMESPACE("fsdax"));
    test_offsets(MACHINE, OFFSET / SECTOR, NAMESPACE("raw"));
    test_holes();
    test_unlistable();
    test_clear();
    test_dimms();
}
