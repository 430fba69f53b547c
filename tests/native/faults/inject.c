#include "inject.h"

#include "../scripted_ndctl_test.h"
#include "fake_jni.h"
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <linux/dm-ioctl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

struct injection injection;

static bool enabled;
static unsigned int calls;
static const char *missing;
static struct holdings held;

static const int ERRORS[] = {EINTR, EIO, ENOMEM, EACCES, EMFILE, 0};
static const int ERRORS_OR_SHORT[] = {EINTR, EIO, ENOMEM, EACCES, EMFILE, SHORT, 0};
static const int NO_MEMORY[] = {ENOMEM, 0};
static const int CLOSED_ANYHOW[] = {EINTR, EIO, 0};

void injection_begin(void) {
    calls = 0;
    missing = NULL;
    enabled = true;
}

void injection_end(void) {
    enabled = false;
}

const char *injection_missing(void) {
    return missing;
}

/* How this call must fail, or 0; sets errno. */
static int failure(const char *call, const int *ways) {
    CHECK(!array_is_held);
    if (!enabled || ++calls != injection.at)
        return 0;
    injection.call = call;
    for (injection.ways = 0; ways[injection.ways] != 0;)
        injection.ways++;
    CHECK(injection.way < injection.ways);
    injection.error = ways[injection.way];
    if (injection.error > 0)
        errno = injection.error;
    return injection.error;
}

void keep_allocation(void) {
    held.allocations--;
}

static void *counted(void *allocation) {
    held.allocations += allocation != NULL;
    return allocation;
}

#define WRAPPED(name)                                                                              \
    extern __typeof__(name) __real_##name;                                                         \
    extern __typeof__(name) __wrap_##name;

#define CALL(result, name, parameters, arguments)                                                  \
    extern __typeof__(name) __real_##name;                                                         \
    result __wrap_##name parameters;                                                               \
    result __wrap_##name parameters {                                                              \
        return failure(#name, ERRORS) != 0 ? (result)-1 : __real_##name arguments;                 \
    }
#define TRANSFER(result, name, parameters, arguments)                                              \
    WRAPPED(name)                                                                                  \
    result __wrap_##name parameters {                                                              \
        int error = failure(#name, ERRORS_OR_SHORT);                                               \
        if (error == SHORT)                                                                        \
            count = (count + 1) / 2;                                                               \
        return error > 0 ? (result)-1 : __real_##name arguments;                                   \
    }
#define MEMORY(result, name, parameters, arguments)                                                \
    WRAPPED(name)                                                                                  \
    result __wrap_##name parameters {                                                              \
        return failure(#name, NO_MEMORY) != 0 ? NULL : counted(__real_##name arguments);           \
    }
#define BY_HAND(name)
#define NEVER(name)
#include "system_calls.def"

WRAPPED(free)
void __wrap_free(void *allocation) {
    held.allocations -= allocation != NULL;
    __real_free(allocation);
}

WRAPPED(realloc)
void *__wrap_realloc(void *old, size_t size) {
    if (failure("realloc", NO_MEMORY) != 0)
        return NULL;
    return old == NULL ? counted(__real_realloc(old, size)) : __real_realloc(old, size);
}

WRAPPED(posix_memalign)
int __wrap_posix_memalign(void **out, size_t alignment, size_t size) {
    if (failure("posix_memalign", NO_MEMORY) != 0)
        return ENOMEM;
    int error = __real_posix_memalign(out, alignment, size);
    held.allocations += error == 0;
    return error;
}

WRAPPED(realpath)
char *__wrap_realpath(const char *path, char *resolved) {
    if (failure("realpath", ERRORS) != 0)
        return NULL;
    char *result = __real_realpath(path, resolved);
    return resolved == NULL ? counted(result) : result;
}

WRAPPED(fopen)
FILE *__wrap_fopen(const char *path, const char *mode) {
    return failure("fopen", ERRORS) != 0 ? NULL : __real_fopen(path, mode);
}

WRAPPED(fts_open)
FTS *__wrap_fts_open(char *const *paths, int options,
                     int (*order)(const FTSENT **, const FTSENT **)) {
    return failure("fts_open", ERRORS) != 0 ? NULL : __real_fts_open(paths, options, order);
}

WRAPPED(close)
int __wrap_close(int fd) {
    int error = failure("close", CLOSED_ANYHOW);
    int result = __real_close(fd);
    if (error != 0)
        errno = error;
    return error != 0 ? -1 : result;
}

/* Makes dlerror() return a message. */
WRAPPED(dlopen)
void *__wrap_dlopen(const char *name, int flags) {
    return __real_dlopen(failure("dlopen", NO_MEMORY) != 0 ? "/no such library" : name, flags);
}

/* A symbol that is hidden in one library is hidden in all. */
WRAPPED(dlsym)
void *__wrap_dlsym(void *library, const char *name) {
    if (failure("dlsym", NO_MEMORY) != 0)
        missing = name;
    return missing != NULL && strcmp(name, missing) == 0 ? NULL : __real_dlsym(library, name);
}

bool old_statx;

WRAPPED(statx)
int __wrap_statx(int fd, const char *path, int flags, unsigned int mask, struct statx *st) {
    if (failure("statx", ERRORS) != 0)
        return -1;
    int result = __real_statx(fd, path, flags, mask, st);
    if (old_statx)
        st->stx_attributes_mask &= ~(__u64)STATX_ATTR_DAX;
    return result;
}

int cut_when_mapped = -1;

WRAPPED(mmap)
void *__wrap_mmap(void *start, size_t length, int protection, int flags, int fd, off_t offset) {
    if (failure("mmap", ERRORS) != 0)
        return MAP_FAILED;
    void *mapping = __real_mmap(start, length, protection, flags, fd, offset);
    if (mapping != MAP_FAILED && !(flags & MAP_FIXED)) /* that is within one already */
        held.mapped += (long)length;
    if (mapping != MAP_FAILED && cut_when_mapped >= 0 && !(flags & MAP_ANONYMOUS))
        CHECK_EQ(__real_ftruncate(cut_when_mapped, PAGE), 0);
    return mapping;
}

/* Never made to fail: it fails only for what was never mapped, or if it splits a mapping. */
WRAPPED(munmap)
int __wrap_munmap(void *start, size_t length) {
    CHECK(!array_is_held);
    held.mapped -= (long)length;
    return __real_munmap(start, length);
}

static struct {
    unsigned long request;
    const void *reply;
    size_t size;
} scripted;

void ioctl_says(unsigned long request, const void *reply, size_t size) {
    scripted.request = request;
    scripted.reply = reply;
    scripted.size = size;
}

extern __typeof__(open) __real_open;
int __wrap_open(const char *path, int flags, mode_t mode);
int __wrap_open(const char *path, int flags, mode_t mode) {
    if (failure("open", ERRORS) != 0)
        return -1;
    if (strcmp(path, "/dev/" DM_DIR "/" DM_CONTROL_NODE) == 0)
        path = "/dev/null";
    return __real_open(path, flags, mode);
}

struct fsxattr set_attributes;

extern __typeof__(ioctl) __real_ioctl;
int __wrap_ioctl(int fd, unsigned long request, void *argument);
int __wrap_ioctl(int fd, unsigned long request, void *argument) {
    if (failure("ioctl", ERRORS) != 0)
        return -1;
    if (request == FS_IOC_FSSETXATTR) {
        set_attributes = *(struct fsxattr *)argument;
        return 0;
    }
    if (request != scripted.request)
        return __real_ioctl(fd, request, argument);
    if (request == DM_TABLE_STATUS)
        CHECK(scripted.size <= ((struct dm_ioctl *)argument)->data_size);
    memcpy(argument, scripted.reply, scripted.size);
    return 0;
}

struct holdings holdings(void) {
    DIR *directory = opendir("/proc/self/fd");
    CHECK(directory != NULL);
    held.descriptors = -1; /* the directory itself */
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        held.descriptors += entry->d_name[0] != '.';
    CHECK_EQ(closedir(directory), 0);
    return held;
}
