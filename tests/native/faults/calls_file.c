/* The methods of file.c, extents.c, small_file.c and device_mapper.c. */
#include "native_calls.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <linux/fs.h>
#include <linux/fsmap.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* The path of a file in the scratch directory, as an array. */
static jbyteArray path_of(const char *name) {
    char *path = scratch_path(name);
    jbyteArray bytes = new_text(path);
    free(path);
    return bytes;
}

NATIVE_CALL(open) {
    close(open_unsynced("file", PAGES));
    jbyteArray path = path_of("file");
    jlong fd = WITH_FAULTS(NATIVE(open)(env, NULL, path, CONSTANT(OPEN_READ)));
    if (fd >= 0) {
        CHECK(fcntl((int)fd, F_GETFD) & FD_CLOEXEC);
        NATIVE(close)(env, NULL, (jint)fd);
    }
    CHECK_EQ(NATIVE(open)(env, NULL, path,
                          CONSTANT(OPEN_WRITE) | CONSTANT(OPEN_CREATE) | CONSTANT(OPEN_EXCLUSIVE)),
             -EEXIST);
    return fd;
}

NATIVE_CALL(close) {
    jint fd = NATIVE(open)(env, NULL, path_of(""), CONSTANT(OPEN_PATH));
    CHECK(fd >= 0);
    injection_begin();
    NATIVE(close)(env, NULL, fd);
    injection_end();
    CHECK(fcntl(fd, F_GETFD) < 0 && errno == EBADF);
    return 0;
}

NATIVE_CALL(statx) {
    int fd = open_unsynced("file", PAGES);
    jlongArray fields = new_longs(CONSTANT(STATX_LENGTH));
    jlong code = WITH_FAULTS(NATIVE(statx)(env, NULL, fd, fields));
    const jlong *field = elements(fields);
    if (code >= 0) {
        CHECK_EQ(field[CONSTANT(STATX_SIZE)], PAGES * PAGE);
        CHECK_EQ(field[CONSTANT(STATX_MODE)] & S_IFMT, S_IFREG);
        CHECK_EQ(field[CONSTANT(STATX_DAX)], 0);
    }
    close(fd);
    return code;
}

/* If the kernel does not know the attribute, the file may still have it. */
NATIVE_CALL(statx_old) {
    int fd = open_unsynced("file", PAGES);
    jlongArray fields = new_longs(CONSTANT(STATX_LENGTH));
    old_statx = true;
    jlong code = WITH_FAULTS(NATIVE(statx)(env, NULL, fd, fields));
    old_statx = false;
    CHECK_EQ(((jlong *)elements(fields))[CONSTANT(STATX_DAX)], code >= 0);
    close(fd);
    return code;
}

NATIVE_CALL(fstatfs) {
    int fd = open_unsynced("file", PAGES);
    struct statfs expected;
    CHECK_EQ(fstatfs(fd, &expected), 0);
    jlongArray statfsbuf = new_longs(2);
    jlong code = WITH_FAULTS(NATIVE(fstatfs)(env, NULL, fd, statfsbuf));
    const jlong *field = elements(statfsbuf);
    CHECK_EQ(field[0], code >= 0 ? (uint32_t)expected.f_type : 0);
    CHECK_EQ(field[1], code >= 0 ? expected.f_bsize : 0);
    close(fd);
    return code;
}

NATIVE_CALL(fiemap) {
    int fd = open_unsynced("file", PAGES);
    struct fiemap *expected = extents_of(fd);
    jlongArray extents = new_longs(64 * CONSTANT(EXTENT_LENGTH));
    jlong code =
        WITH_FAULTS(NATIVE(fiemap)(env, NULL, fd, 0, INT64_MAX, FIEMAP_FLAG_SYNC, extents));
    if (code >= 0) {
        CHECK_EQ(code, expected->fm_mapped_extents);
        const jlong *first = elements(extents);
        CHECK_EQ(first[CONSTANT(EXTENT_PHYSICAL)], expected->fm_extents[0].fe_physical);
        CHECK_EQ(first[CONSTANT(EXTENT_BYTES)], expected->fm_extents[0].fe_length);
    }
    free(expected);
    close(fd);
    return code;
}

NATIVE_CALL(fiemapOf) {
    int fd = open_unsynced("file", PAGES);
    struct fiemap *expected = extents_of(fd);
    close(fd);
    jlongArray extents = new_longs(64 * CONSTANT(EXTENT_LENGTH));
    jbyteArray path = path_of("file");
    jlong code = WITH_FAULTS(NATIVE(fiemapOf)(env, NULL, path, extents));
    if (code >= 0) {
        CHECK_EQ(code, expected->fm_mapped_extents);
        const jlong *first = elements(extents);
        CHECK_EQ(first[CONSTANT(EXTENT_PHYSICAL)], expected->fm_extents[0].fe_physical);
        char *link = scratch_path("to-file");
        CHECK(symlink("file", link) == 0 || errno == EEXIST);
        free(link);
        CHECK_EQ(NATIVE(fiemapOf)(env, NULL, path_of("to-file"), extents), -ELOOP);
    }
    free(expected);
    return code;
}

static const struct {
    struct fsmap_head header;
    struct fsmap records[2];
} two_records = {{.fmh_entries = 2},
                 {{.fmr_device = 0x10300,
                   .fmr_flags = FMR_OF_SPECIAL_OWNER,
                   .fmr_physical = 4096,
                   .fmr_owner = (5ULL << 32) | 1,
                   .fmr_length = 8192},
                  {.fmr_device = 0x10300,
                   .fmr_flags = FMR_OF_LAST,
                   .fmr_physical = 12288,
                   .fmr_owner = 133,
                   .fmr_offset = 65536,
                   .fmr_length = 4096}}};

NATIVE_CALL(fsmap) {
    ioctl_says(FS_IOC_GETFSMAP, &two_records, sizeof(two_records));
    jlongArray last = new_longs(CONSTANT(FSMAP_LENGTH));
    jlongArray records = new_longs(2 * CONSTANT(FSMAP_LENGTH));
    jlong code = WITH_FAULTS(NATIVE(fsmap)(env, NULL, 0, last, records));
    if (code >= 0) {
        CHECK_EQ(code, 2);
        const jlong *second = (const jlong *)elements(records) + CONSTANT(FSMAP_LENGTH);
        CHECK_EQ(second[CONSTANT(FSMAP_DEVICE)], 0x10300);
        CHECK_EQ(second[CONSTANT(FSMAP_FLAGS)], FMR_OF_LAST);
        CHECK_EQ(second[CONSTANT(FSMAP_PHYSICAL)], 12288);
        CHECK_EQ(second[CONSTANT(FSMAP_OWNER)], 133);
        CHECK_EQ(second[CONSTANT(FSMAP_OFFSET)], 65536);
        CHECK_EQ(second[CONSTANT(FSMAP_BYTES)], 4096);
    }
    return code;
}

NATIVE_CALL(fileFlags) {
    int fd = open_unsynced("file", PAGES);
    jlong code = WITH_FAULTS(NATIVE(fileFlags)(env, NULL, fd));
    CHECK(code <= 0 || !(code & CONSTANT(FS_XFLAG_REALTIME)));
    close(fd);
    return code;
}

static const struct fsxattr of_project = {.fsx_xflags = FS_XFLAG_NOATIME, .fsx_projid = 0xFFFFFFFE};

NATIVE_CALL(fileProject) {
    ioctl_says(FS_IOC_FSGETXATTR, &of_project, sizeof(of_project));
    jlong code = WITH_FAULTS(NATIVE(fileProject)(env, NULL, 0));
    CHECK(code <= 0 || code == 0xFFFFFFFE);
    return code;
}

NATIVE_CALL(setFileProject) {
    ioctl_says(FS_IOC_FSGETXATTR, &of_project, sizeof(of_project));
    set_attributes = (struct fsxattr){0};
    CHECK_EQ(NATIVE(setFileProject)(env, NULL, 0, 0xFFFFFFFE), 0);
    CHECK_EQ(set_attributes.fsx_projid, 0);
    jlong code = WITH_FAULTS(NATIVE(setFileProject)(env, NULL, 0, 5));
    if (code >= 0) {
        CHECK_EQ(set_attributes.fsx_projid, 5);
        CHECK_EQ(set_attributes.fsx_xflags, FS_XFLAG_NOATIME);
    }
    return code;
}

/* Reads `length` bytes, in which no two pages are equal, into a larger array. */
static jlong read_small(int bytes, int room) {
    int fd = open_unsynced("small", (size_t)bytes / PAGE + 1);
    CHECK_EQ(ftruncate(fd, bytes), 0);
    close(fd);
    jbyteArray path = path_of("small"), content = new_bytes(room);
    jlong code = WITH_FAULTS(NATIVE(readSmallFile)(env, NULL, path, content));
    if (code >= 0) {
        CHECK_EQ(code, bytes < room ? bytes : room);
        for (jlong i = 0; i < code; i++)
            CHECK_EQ(((jbyte *)elements(content))[i], i / PAGE + 1);
    }
    return code;
}

NATIVE_CALL(readSmallFile) {
    return read_small(100, PAGE);
}

NATIVE_CALL(readSmallFile_large) {
    return read_small(3 * PAGE + 1, 4 * PAGE);
}

NATIVE_CALL(readSmallFile_cut) {
    return read_small(3 * PAGE, 2 * PAGE + 7);
}

NATIVE_CALL(readlink) {
    char *link = scratch_path("link");
    CHECK(symlink("where it leads", link) == 0 || errno == EEXIST);
    jbyteArray path = new_text(link), target = new_bytes(64);
    free(link);
    jlong code = WITH_FAULTS(NATIVE(readlink)(env, NULL, path, target));
    if (code >= 0) {
        CHECK_EQ(code, strlen("where it leads"));
        CHECK(strcmp(elements(target), "where it leads") == 0);
    }
    return code;
}

/* Two targets; the parameters of the second do not end on a multiple of eight. */
static const struct {
    struct dm_ioctl header;
    struct target {
        struct dm_target_spec spec;
        char parameters[16];
    } targets[2];
} two_targets = {
    {.data_size = sizeof(two_targets), .data_start = sizeof(struct dm_ioctl), .target_count = 2},
    {{{.length = 2048, .next = sizeof(struct target), .target_type = "linear"}, "259:1 0"},
     {{.sector_start = 2048,
       .length = 8,
       .next = 2 * sizeof(struct target),
       .target_type = "striped-and-long"}, /* all 16 bytes of it */
      "2 64 259:1 8"}}};

NATIVE_CALL(deviceMapperTable) {
    ioctl_says(DM_TABLE_STATUS, &two_targets, sizeof(two_targets));
    jbyteArray table = new_bytes(PAGE);
    jlong code = WITH_FAULTS(NATIVE(deviceMapperTable)(env, NULL, 253, 0, table));
    if (code >= 0) {
        static const char lines[] = "0 2048 linear 259:1 0\n"
                                    "2048 8 striped-and-long 2 64 259:1 8\n";
        CHECK_EQ(code, strlen(lines));
        CHECK(strcmp(elements(table), lines) == 0);
    }
    return code;
}
