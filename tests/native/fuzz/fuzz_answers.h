/*
 * Fuzzes how native/ parses the kernel's replies. A fuzzer calls a native method; its ioctl(2) is
 * redirected to __wrap_ioctl(), which replies with the fuzzer's bytes.
 */
#ifndef PMEM2J_FUZZ_ANSWERS_H
#define PMEM2J_FUZZ_ANSWERS_H

#include "../../../native/jni_plumbing.h"
#include "../faults/fake_jni.h"
#include "../scripted_ndctl_test.h"
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int __wrap_ioctl(int fd, unsigned long request, void *argument);

struct bytes {
    const uint8_t *at;
    size_t left;
};

/* The next number of the input; 0 when there are no more bytes. */
static inline uint32_t take_number(struct bytes *input) {
    uint32_t number = 0;
    size_t size = input->left < sizeof(number) ? input->left : sizeof(number);
    memcpy(&number, input->at, size);
    input->at += size;
    input->left -= size;
    return number;
}

/* The rest of the input, as much as fits. */
static inline void take_rest(struct bytes *input, void *to, size_t room) {
    size_t size = input->left < room ? input->left : room;
    if (size > 0)
        memcpy(to, input->at, size);
}

#endif
