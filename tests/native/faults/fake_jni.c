#include "fake_jni.h"

#include "../scripted_ndctl_test.h"
struct array {
    struct array *next;
    jsize length;
    size_t size; /* of an element */
    void *elements;
};

static struct array *arrays;
static bool exception;
bool array_is_held;

static void *new_array(jsize length, size_t size) {
    struct array *array = malloc(sizeof(*array));
    CHECK(array != NULL);
    *array = (struct array){arrays, length, size, calloc((size_t)length, size)};
    CHECK(length == 0 || array->elements != NULL);
    arrays = array;
    return array;
}

jbyteArray new_bytes(jsize length) {
    return new_array(length, sizeof(jbyte));
}

jintArray new_ints(jsize length) {
    return new_array(length, sizeof(jint));
}

jlongArray new_longs(jsize length) {
    return new_array(length, sizeof(jlong));
}

jbyteArray new_text(const char *text) {
    jbyteArray bytes = new_bytes((jsize)strlen(text));
    memcpy(elements(bytes), text, strlen(text));
    return bytes;
}

void *elements(jarray array) {
    return ((struct array *)array)->elements;
}

bool take_exception(void) {
    bool taken = exception;
    exception = false;
    return taken;
}

void free_arrays(void) {
    while (arrays != NULL) {
        struct array *first = arrays;
        arrays = first->next;
        free(first->elements);
        free(first);
    }
}

/* The element at start, or NULL and an exception if the region is not within the array. */
static void *region(jarray object, jsize start, jsize length, size_t size) {
    struct array *array = (struct array *)object;
    CHECK(!exception && !array_is_held);
    CHECK(array->size == size);
    if (start < 0 || length < 0 || start > array->length - length) {
        exception = true;
        return NULL;
    }
    return (char *)array->elements + (size_t)start * size;
}

#define GET(name, type)                                                                            \
    static void JNICALL get_##name(JNIEnv *e, type##Array array, jsize start, jsize length,        \
                                   type *to) {                                                     \
        (void)e;                                                                                   \
        const void *from = region(array, start, length, sizeof(type));                             \
        if (from != NULL)                                                                          \
            memcpy(to, from, (size_t)length * sizeof(type));                                       \
    }
#define SET(name, type)                                                                            \
    static void JNICALL set_##name(JNIEnv *e, type##Array array, jsize start, jsize length,        \
                                   const type *from) {                                             \
        (void)e;                                                                                   \
        void *to = region(array, start, length, sizeof(type));                                     \
        if (to != NULL)                                                                            \
            memcpy(to, from, (size_t)length * sizeof(type));                                       \
    }
GET(bytes, jbyte)
GET(ints, jint)
GET(longs, jlong)
SET(bytes, jbyte)
SET(ints, jint)
SET(longs, jlong)

static jsize JNICALL get_length(JNIEnv *e, jarray array) {
    (void)e;
    CHECK(!exception && !array_is_held);
    return ((struct array *)array)->length;
}

static size_t size_of(jarray array) {
    return (size_t)((struct array *)array)->length * ((struct array *)array)->size;
}

static void *JNICALL get_critical(JNIEnv *e, jarray array, jboolean *is_copy) {
    (void)e;
    CHECK(!exception && !array_is_held && is_copy == NULL);
    size_t size = size_of(array);
    void *copy = malloc(size); /* may be made to fail, like any other */
    if (copy == NULL)
        return NULL;
    memcpy(copy, elements(array), size);
    array_is_held = true;
    return copy;
}

static void JNICALL release_critical(JNIEnv *e, jarray array, void *copy, jint mode) {
    (void)e;
    CHECK(array_is_held && mode == 0);
    array_is_held = false;
    memcpy(elements(array), copy, size_of(array));
    free(copy);
}

static jboolean JNICALL exception_check(JNIEnv *e) {
    (void)e;
    CHECK(!array_is_held);
    return exception;
}

static void not_here(void) {
    fail_at(__FILE__, __LINE__, "a JNI function that fake_jni.c does not have");
}

static union {
    struct JNINativeInterface_ functions;
    void (*each[sizeof(struct JNINativeInterface_) / sizeof(void (*)(void))])(void);
} table;

static const struct JNINativeInterface_ *interface = &table.functions;
JNIEnv *const env = &interface;

__attribute__((constructor)) static void fill_table(void) {
    for (size_t i = 0; i < sizeof(table.each) / sizeof(table.each[0]); i++)
        table.each[i] = not_here;
    table.functions.GetArrayLength = get_length;
    table.functions.GetByteArrayRegion = get_bytes;
    table.functions.GetIntArrayRegion = get_ints;
    table.functions.GetLongArrayRegion = get_longs;
    table.functions.SetByteArrayRegion = set_bytes;
    table.functions.SetIntArrayRegion = set_ints;
    table.functions.SetLongArrayRegion = set_longs;
    table.functions.GetPrimitiveArrayCritical = get_critical;
    table.functions.ReleasePrimitiveArrayCritical = release_critical;
    table.functions.ExceptionCheck = exception_check;
}
