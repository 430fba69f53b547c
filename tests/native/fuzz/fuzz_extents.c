/* The reply to FS_IOC_FIEMAP: room, fm_mapped_extents, fm_extents. */
#include "fuzz_answers.h"
#include <errno.h>
#include <linux/fs.h>

static struct bytes input;
enum { MOST = 64 };
static uint32_t mapped;
static struct fiemap_extent answered[MOST];

int __wrap_ioctl(int fd, unsigned long request, void *argument) {
    (void)fd;
    CHECK(request == FS_IOC_FIEMAP);
    struct fiemap *map = argument;
    map->fm_mapped_extents = mapped = take_number(&input);
    take_rest(&input, map->fm_extents, map->fm_extent_count * sizeof(map->fm_extents[0]));
    memcpy(answered, map->fm_extents, map->fm_extent_count * sizeof(map->fm_extents[0]));
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    input = (struct bytes){data, size};
    jsize room = (jsize)(take_number(&input) % MOST);
    jlongArray extents = new_longs(room * CONSTANT(EXTENT_LENGTH));
    jint code = NATIVE(fiemap)(env, NULL, 3, 0, INT64_MAX, 0, extents);
    CHECK(mapped <= (uint32_t)room ? code == (jint)mapped : code == -EPROTO);
    const jlong *fields = elements(extents);
    for (jint i = 0; i < code; i++, fields += CONSTANT(EXTENT_LENGTH))
        CHECK(fields[CONSTANT(EXTENT_LOGICAL)] == (jlong)answered[i].fe_logical &&
              fields[CONSTANT(EXTENT_PHYSICAL)] == (jlong)answered[i].fe_physical &&
              fields[CONSTANT(EXTENT_BYTES)] == (jlong)answered[i].fe_length &&
              fields[CONSTANT(EXTENT_FLAGS)] == answered[i].fe_flags);
    free_arrays();
    return 0;
}
