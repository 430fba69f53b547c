/* Copies a range of a dax device to standard output, or standard input over it, without libpmem2:
 *
 *   dax_copy read|write DEVICE OFFSET LENGTH
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

int main(int argc, char **argv) {
    if (argc != 5)
        return 2;
    size_t offset = strtoull(argv[3], NULL, 10);
    size_t length = strtoull(argv[4], NULL, 10);
    const size_t page = 2 << 20; /* a mapping consists of whole ones */
    size_t end = (offset + length + page - 1) / page * page;
    int fd = open(argv[2], O_RDWR);
    char *map = mmap(NULL, end, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (fd < 0 || map == MAP_FAILED) {
        perror(argv[2]);
        return 1;
    }
    size_t done = strcmp(argv[1], "read") == 0 ? fwrite(map + offset, 1, length, stdout)
                                               : fread(map + offset, 1, length, stdin);
    return done == length && fflush(stdout) == 0 ? 0 : 1;
}
