/*
 * The peer of ContextCost.java: opens, drains and closes the bad blocks of a file, many times.
 * Arguments: FILE ROUNDS CYCLES. Prints nanoseconds a cycle, one line a round, and how many bad
 * blocks a cycle saw.
 */
#include <fcntl.h>
#include <libpmem2.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static long nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000L + now.tv_nsec;
}

static void check(int code, const char *what) {
    if (code == 0)
        return;
    fprintf(stderr, "%s: %d: %s\n", what, code, pmem2_errormsg());
    exit(2);
}

static long cycle(const char *path) {
    struct pmem2_source *source;
    struct pmem2_badblock_context *context;
    struct pmem2_badblock block;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    check(fd < 0, "open");
    check(pmem2_source_from_fd(&source, fd), "pmem2_source_from_fd");
    check(pmem2_badblock_context_new(&context, source), "pmem2_badblock_context_new");
    long count = 0;
    while (pmem2_badblock_next(context, &block) == 0)
        count++;
    pmem2_badblock_context_delete(&context);
    pmem2_source_delete(&source);
    close(fd);
    return count;
}

int main(int argc, char *argv[]) {
    if (argc != 4)
        return 2;
    int rounds = atoi(argv[2]), cycles = atoi(argv[3]);
    for (int round = 0; round < rounds; round++) {
        long count = 0, begin = nanoseconds();
        for (int i = 0; i < cycles; i++)
            count = cycle(argv[1]);
        printf("%ld %ld\n", (nanoseconds() - begin) / cycles, count);
    }
    return 0;
}
