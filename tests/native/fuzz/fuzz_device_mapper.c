/* The reply to DM_TABLE_STATUS: room, data_start, data_size, target_count, flags, targets. */
#include "fuzz_answers.h"
#include <errno.h>
#include <linux/dm-ioctl.h>
#include <sys/ioctl.h>

static struct bytes input;
static struct dm_target_spec first; /* the first target of the reply */
static uint32_t targets;

int __wrap_open(const char *path, int flags, mode_t mode);
int __real_open(const char *path, int flags, ...);

int __wrap_open(const char *path, int flags, mode_t mode) {
    (void)path;
    return __real_open("/dev/null", flags, mode);
}

int __wrap_ioctl(int fd, unsigned long request, void *argument) {
    (void)fd;
    CHECK(request == DM_TABLE_STATUS);
    struct dm_ioctl *reply = argument;
    size_t size = reply->data_size;
    reply->data_start = take_number(&input);
    reply->data_size = take_number(&input);
    reply->target_count = targets = take_number(&input);
    reply->flags = take_number(&input);
    take_rest(&input, reply + 1, size - sizeof(*reply));
    if (reply->data_start <= size && size - reply->data_start >= sizeof(first))
        memcpy(&first, (char *)reply + reply->data_start, sizeof(first));
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    input = (struct bytes){data, size};
    jsize room = (jsize)(take_number(&input) % 4096);
    jbyteArray table = new_bytes(room);
    jint code = NATIVE(deviceMapperTable)(env, NULL, 253, 0, table);
    CHECK(code <= room && (code >= 0 || code == -ENOSPC || code == -EPROTO));
    CHECK(code != 0 || targets == 0);
    if (code > 0) { /* whole lines, the first one correct, and none missing */
        char *text = strndup(elements(table), (size_t)code);
        CHECK(strlen(text) == (size_t)code && text[code - 1] == '\n');
        char *end;
        CHECK(strtoull(text, &end, 10) == first.sector_start && *end == ' ');
        CHECK(strtoull(end, &end, 10) == first.length && *end == ' ');
        uint32_t lines = 0;
        for (jint i = 0; i < code; i++)
            lines += text[i] == '\n';
        CHECK(lines >= targets);
        free(text);
    }
    free_arrays();
    return 0;
}
