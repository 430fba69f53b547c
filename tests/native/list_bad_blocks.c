/*
 * A plain program that uses libpmem2, to compare the results of pmem2j with:
 *
 *   list_bad_blocks r|w|rw PATH    opens PATH in that mode, prints "OFFSET LENGTH" per bad block
 *   list_bad_blocks anonymous SIZE
 *
 * On failure, it prints one line "FUNCTION CODE" on standard output and exits with 1.
 */
#include <errno.h>
#include <fcntl.h>
#include <libpmem2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check(const char *function, int code) {
    if (code == 0)
        return;
    printf("%s %d\n", function, code);
    exit(1);
}

static int open_flags(const char *access) {
    if (strcmp(access, "rw") == 0)
        return O_RDWR;
    return strcmp(access, "w") == 0 ? O_WRONLY : O_RDONLY;
}

int main(int argc, char *argv[]) {
    if (argc != 3)
        return 2;
    struct pmem2_source *source;
    if (strcmp(argv[1], "anonymous") == 0) {
        check("pmem2_source_from_anon", pmem2_source_from_anon(&source, strtoul(argv[2], NULL, 0)));
    } else {
        int fd = open(argv[2], open_flags(argv[1]));
        check("open", fd < 0 ? -errno : 0);
        check("pmem2_source_from_fd", pmem2_source_from_fd(&source, fd));
    }
    struct pmem2_badblock_context *context;
    check("pmem2_badblock_context_new", pmem2_badblock_context_new(&context, source));
    struct pmem2_badblock block;
    int code;
    while ((code = pmem2_badblock_next(context, &block)) == 0)
        printf("%zu %zu\n", block.offset, block.length);
    if (code != PMEM2_E_NO_BAD_BLOCK_FOUND)
        check("pmem2_badblock_next", code);
    pmem2_badblock_context_delete(&context);
    pmem2_source_delete(&source);
    return 0;
}
