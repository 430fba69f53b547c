/* Device-mapper: the table of a mapped device. */
#include <errno.h>
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "jni_plumbing.h"
#include "system_call.h"

#define CONTROL "/dev/" DM_DIR "/" DM_CONTROL_NODE

/* The live table of a device, in a buffer that the caller frees. */
static int table_status(int control, dev_t device, size_t capacity, struct dm_ioctl **out) {
    struct dm_ioctl *request = calloc(1, capacity);
    if (request == NULL)
        return -ENOMEM;
    request->version[0] = DM_VERSION_MAJOR;
    request->data_size = (uint32_t)capacity;
    request->data_start = sizeof(struct dm_ioctl);
    request->flags = DM_STATUS_TABLE_FLAG | DM_NOFLUSH_FLAG;
    request->dev = device;
    int code = SYSTEM_CALL(ioctl(control, DM_TABLE_STATUS, request));
    if (code == 0 && (request->flags & DM_BUFFER_FULL_FLAG))
        code = -ENOSPC;
    if (code != 0)
        free(request);
    else
        *out = request;
    return code;
}

/*
 * Writes "START LENGTH TYPE PARAMETERS\n" for each target; -ENOSPC if the lines do not fit. The
 * reply has `size` bytes; its own fields are not trusted.
 */
static int put_lines(const struct dm_ioctl *reply, size_t size, char *text, size_t capacity) {
    size_t at = reply->data_start, used = 0;
    for (uint32_t i = 0; i < reply->target_count; i++) {
        struct dm_target_spec spec;
        if (at > size || size - at < sizeof(spec))
            return -EPROTO;
        memcpy(&spec, (const char *)reply + at, sizeof(spec));
        at += sizeof(spec);
        const char *parameters = (const char *)reply + at;
        if (memchr(parameters, '\0', size - at) == NULL)
            return -EPROTO;
        int length =
            snprintf(text + used, capacity - used, "%llu %llu %.*s %s\n",
                     (unsigned long long)spec.sector_start, (unsigned long long)spec.length,
                     DM_MAX_TYPE_NAME, spec.target_type, parameters);
        if (length < 0 || (size_t)length >= capacity - used)
            return -ENOSPC;
        used += (size_t)length;
        at = (size_t)reply->data_start + spec.next;
    }
    return (int)used;
}

JNIEXPORT jint NATIVE(deviceMapperTable)(JNIEnv *env, jclass cls, jint major, jint minor,
                                         jbyteArray table) {
    (void)cls;
    int control = SYSTEM_CALL(open(CONTROL, O_RDWR | O_CLOEXEC));
    if (control < 0)
        return control;
    size_t capacity = (size_t)(*env)->GetArrayLength(env, table);
    struct dm_ioctl *reply;
    size_t size = sizeof(*reply) + capacity;
    int code = table_status(control, makedev((unsigned)major, (unsigned)minor), size, &reply);
    close(control);
    if (code != 0)
        return code;
    char *text = malloc(capacity);
    code = text == NULL ? -ENOMEM : put_lines(reply, size, text, capacity);
    if (code > 0)
        (*env)->SetByteArrayRegion(env, table, 0, code, (const jbyte *)text);
    free(text);
    free(reply);
    return code;
}
