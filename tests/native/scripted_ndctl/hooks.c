// Delays and failures: fail and block-on of the script.
#include "scripted.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct {
    const char *name;
    enum scripted_failure failure;
} functions[] = {
#define SCRIPTED_ROW(name, failure) {#name, failure},
    SCRIPTED_FUNCTIONS(SCRIPTED_ROW)
#undef SCRIPTED_ROW
};

int scripted_function_by_name(const char *name, enum scripted_failure *failure) {
    for (int i = 0; i < FN_COUNT; i++) {
        if (strcmp(functions[i].name, name) == 0) {
            *failure = functions[i].failure;
            return i;
        }
    }
    return -1;
}

// A rendezvous without sleeping: opening a FIFO for reading returns when a writer opens it (so
// the test knows that this call is in progress), and the read returns when the writer closes it.
static void wait_for_writer(const char *fifo, const char *function) {
    int fd;
    do
        fd = open(fifo, O_RDONLY | O_CLOEXEC);
    while (fd < 0 && errno == EINTR);
    if (fd < 0) {
        fprintf(stderr, "scripted libndctl: block-on %s: open %s: %s\n", function, fifo,
                strerror(errno));
        return;
    }
    char ignored[64];
    ssize_t got;
    do
        got = read(fd, ignored, sizeof(ignored));
    while (got > 0 || (got < 0 && errno == EINTR));
    close(fd);
}

bool scripted_fails(struct ndctl_ctx *ctx, enum scripted_function function) {
    struct scripted_hook *hook = &ctx->hooks[function];
    unsigned long call = hook->calls++;
    if (hook->fifo != NULL && call >= hook->fifo_after) {
        int before = errno; // a successful function does not change errno
        wait_for_writer(hook->fifo, functions[function].name);
        errno = before;
    }
    if (!hook->fails || call < hook->fail_after)
        return false;
    errno = hook->error;
    return true;
}
