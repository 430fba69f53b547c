/*
 * The peers of Cost.java, in C:
 *
 *   cost CALL PATH ROUNDS CYCLES [threads | COMMAND]
 *
 * makes a call CYCLES times a round, and prints a line for each round: the nanoseconds of one call,
 * and what it counted; with "threads" in a process that has another thread, as a JVM's has: then
 * the kernel counts the users of each descriptor, and the C library takes its locks. Another
 * COMMAND runs before each round. The calls:
 *
 *   context   libpmem2: opens, drains and closes the bad blocks of a file; counts them
 *   clear     libpmem2: the same, and clears them
 *   syscalls  open, fstat, read the device's list, close; counts the list's bytes
 *   fiemap    asks for all extents of a file, twice, as many at a time as the scanner; counts them
 *   data      reads all data of a file past the page cache, a mebibyte at a time, between its holes
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <libpmem2.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#define EXTENTS 1024

static void check(int failed, const char *what) {
    if (!failed)
        return;
    perror(what);
    exit(2);
}

static long libpmem2(const char *path, int clear) {
    struct pmem2_source *source;
    struct pmem2_badblock_context *context;
    struct pmem2_badblock block;
    int fd = open(path, (clear ? O_RDWR : O_RDONLY) | O_CLOEXEC);
    check(fd < 0, path);
    check(pmem2_source_from_fd(&source, fd), "pmem2_source_from_fd");
    check(pmem2_badblock_context_new(&context, source), "pmem2_badblock_context_new");
    long count = 0;
    for (; pmem2_badblock_next(context, &block) == 0; count++) {
        if (clear)
            check(pmem2_badblock_clear(context, &block), "pmem2_badblock_clear");
    }
    pmem2_badblock_context_delete(&context);
    pmem2_source_delete(&source);
    close(fd);
    return count;
}

static long context(const char *path) {
    return libpmem2(path, 0);
}

static long clear(const char *path) {
    return libpmem2(path, 1);
}

static long syscalls(const char *path) {
    char list[64], text[4096];
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    check(fd < 0, path);
    check(fstat(fd, &status) != 0, "fstat");
    snprintf(list, sizeof(list), "/sys/dev/block/%u:%u/badblocks", major(status.st_dev),
             minor(status.st_dev));
    int from = open(list, O_RDONLY | O_CLOEXEC);
    check(from < 0, list);
    ssize_t length = read(from, text, sizeof(text));
    check(length < 0, list);
    close(from);
    close(fd);
    return length;
}

static long fiemap(const char *path) {
    struct fiemap *map = malloc(sizeof(*map) + EXTENTS * sizeof(map->fm_extents[0]));
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    check(map == NULL || fd < 0, path);
    long count = 0;
    for (int pass = 0; pass < 2; pass++) {
        count = 0;
        __u64 start = 0;
        for (int last = 0; !last;) {
            *map = (struct fiemap){.fm_start = start,
                                   .fm_length = FIEMAP_MAX_OFFSET - start,
                                   .fm_flags = FIEMAP_FLAG_SYNC,
                                   .fm_extent_count = EXTENTS};
            check(ioctl(fd, FS_IOC_FIEMAP, map) != 0, "FIEMAP");
            if (map->fm_mapped_extents == 0)
                break;
            const struct fiemap_extent *end = &map->fm_extents[map->fm_mapped_extents - 1];
            last = end->fe_flags & FIEMAP_EXTENT_LAST;
            start = end->fe_logical + end->fe_length;
            count += map->fm_mapped_extents;
        }
    }
    close(fd);
    free(map);
    return count;
}

static long data(const char *path) {
    char *buffer = aligned_alloc(4096, 1 << 20);
    int fd = open(path, O_RDONLY | O_DIRECT | O_CLOEXEC);
    check(buffer == NULL || fd < 0, path);
    off_t at = 0, end;
    while ((at = lseek(fd, at, SEEK_DATA)) >= 0) {
        check((end = lseek(fd, at, SEEK_HOLE)) < 0, "SEEK_HOLE");
        while (at < end) {
            size_t length = end - at < 1 << 20 ? (size_t)((end - at + 4095) & -4096) : 1 << 20;
            ssize_t count = pread(fd, buffer, length, at);
            check(count <= 0, "pread");
            at += count;
        }
    }
    close(fd);
    free(buffer);
    return 0;
}

static const struct {
    const char *name;
    long (*call)(const char *path);
} calls[] = {{"context", context},
             {"clear", clear},
             {"syscalls", syscalls},
             {"fiemap", fiemap},
             {"data", data}};

static void *sleep_on(void *unused) {
    pause();
    return unused;
}

static long nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000L + now.tv_nsec;
}

int main(int argc, char *argv[]) {
    size_t i = 0, all = sizeof(calls) / sizeof(calls[0]);
    while (argc >= 5 && i < all && strcmp(argv[1], calls[i].name) != 0)
        i++;
    if (argc < 5 || i == all)
        return 2;
    pthread_t other;
    const char *command = argc > 5 && strcmp(argv[5], "threads") != 0 ? argv[5] : NULL;
    check(argc > 5 && command == NULL && pthread_create(&other, NULL, sleep_on, NULL) != 0,
          "pthread_create");
    int rounds = atoi(argv[3]), cycles = atoi(argv[4]);
    for (int round = 0; round < rounds; round++) {
        check(command != NULL && system(command) != 0, command);
        long count = 0, begin = nanoseconds();
        for (int j = 0; j < cycles; j++)
            count = calls[i].call(argv[2]);
        printf("%ld %ld\n", (nanoseconds() - begin) / cycles, count);
    }
    return 0;
}
