// Every native method, with each of its system calls and allocations failed in turn.
//
//   faults_test JNI-HEADER EXAMPLES SCRATCH-PARENT
//
// native_calls.h explains how to add a method.
#include "native_calls.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

struct native_call *native_calls;

// Failures that may have a result other than their errno.
static const struct {
    const char *method; // and those whose name begins with it
    const char *call;
    jlong code;
} exceptions[] = {
    {"", "close", 0}, // the descriptor is freed all the same
    {"bindNdctl", "", PMEM2_E_NOSUPP},
    {"map", "mmap", PMEM2_E_NO_ACCESS},
    // libpmem2 looks for processors that flush their caches on power failure, and finds none.
    {"map", "stat", 0},
    {"map", "fts_open", 0},
    {"map", "malloc", 0},
};

static bool begins_with(const char *text, const char *begin) {
    return strncmp(text, begin, strlen(begin)) == 0;
}

static bool is_right(const char *method, jlong code) {
    if (injection.error == EINTR || injection.error == SHORT)
        return code >= 0;
    bool right = code == -injection.error;
    for (size_t i = 0; i < sizeof(exceptions) / sizeof(exceptions[0]); i++)
        right |= (code >= 0 ? 0 : code) == exceptions[i].code &&
                 begins_with(method, exceptions[i].method) &&
                 begins_with(injection.call, exceptions[i].call);
    return right;
}

// The call in progress, to print if the test crashes.
static const struct native_call *method;

static void say_where(void) {
    fprintf(stderr, "in %s, call %u, %s, failed with %s\n", method->name, injection.at,
            injection.call == NULL ? "not reached" : injection.call,
            injection.call == NULL     ? "nothing"
            : injection.error == SHORT ? "half of it"
                                       : strerrorname_np(injection.error));
}

static void on_signal(int signal) {
    say_where();
    raise(signal); // now handled by default (SA_RESETHAND)
}

void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

static void say_where_at_the_end(void) {
    static const int signals[] = {SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGFPE};
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
    if (__sanitizer_set_death_callback != NULL)
        __sanitizer_set_death_callback(say_where);
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
        if (__sanitizer_set_death_callback == NULL || signals[i] == SIGABRT)
            CHECK_EQ(sigaction(signals[i], &action, NULL), 0);
}

static void *call_in_thread(void *code) {
    // If it cannot allocate memory for a thread's messages, libpmem2 1.12 aborts the process.
    CHECK(pmem2_errormsg() != NULL);
    *(jlong *)code = method->call();
    return NULL;
}

// Runs it once, in its own thread, so that libpmem2's data of a thread is allocated and freed.
static jlong run(unsigned int at, unsigned int way) {
    struct holdings before = holdings();
    jlong live[CONSTANT(LIVE_LENGTH)], code;
    for (int i = 0; i < CONSTANT(LIVE_LENGTH); i++)
        live[i] = live_handles[i];
    injection = (struct injection){.at = at, .way = way};
    pthread_t thread;
    CHECK_EQ(pthread_create(&thread, NULL, call_in_thread, &code), 0);
    CHECK_EQ(pthread_join(thread, NULL), 0);
    free_arrays();
    CHECK(!take_exception());
    for (int i = 0; i < CONSTANT(LIVE_LENGTH); i++)
        CHECK_EQ(live_handles[i], live[i]);
    struct holdings after = holdings();
    CHECK_EQ(after.descriptors, before.descriptors);
    CHECK_EQ(after.mapped, before.mapped);
    CHECK_EQ(after.allocations, before.allocations);
    return code;
}

static unsigned int injected, failed;

// Repeats it with the next failure, until a run has none.
static void fail_each(const struct native_call *which) {
    method = which;
    for (unsigned int at = 1;; at++) {
        unsigned int way = 0;
        do {
            jlong code = run(at, way);
            if (injection.call == NULL) {
                CHECK(code >= 0);
                return;
            }
            injected++;
            if (!is_right(method->name, code)) {
                say_where();
                fprintf(stderr, "  and the code is %lld\n", (long long)code);
                failed++;
            }
        } while (++way < injection.ways);
    }
}

static const struct native_call *find(const char *name) {
    for (const struct native_call *each = native_calls; each != NULL; each = each->next)
        if (strcmp(each->name, name) == 0)
            return each;
    fail_at(__FILE__, __LINE__, "%s is in no calls_*.c", name);
}

// Whether each method of the generated header has a test.
static unsigned int check_all_are_here(const char *header) {
    static const char prefix[] = "Java_io_github_pmem2j_internal_jni_Native_";
    char line[256];
    unsigned int count = 0;
    FILE *file = fopen(header, "r");
    CHECK(file != NULL);
    while (fgets(line, sizeof(line), file) != NULL) {
        char *name = strstr(line, prefix);
        if (name == NULL)
            continue;
        name += strlen(prefix);
        name[strcspn(name, " \n(")] = '\0';
        find(name);
        count++;
    }
    CHECK_EQ(fclose(file), 0);
    return count;
}

int main(int argc, char **argv) {
    if (argc != 4) {
        fprintf(stderr, "usage: %s JNI-HEADER EXAMPLES SCRATCH-PARENT\n", argv[0]);
        return 2;
    }
    unsigned int methods = check_all_are_here(argv[1]);
    scratch_begin(argv[2], argv[3]);
    say_where_at_the_end();
    const struct native_call *bind = find("bindNdctl"); // what it has bound stays
    fail_each(bind);
    for (const struct native_call *each = native_calls; each != NULL; each = each->next)
        if (each != bind)
            fail_each(each);
    scratch_end();
    printf("%u native methods, %u failures of system calls and allocations: %u passed, %u failed\n",
           methods, injected, injected - failed, failed);
    return failed != 0;
}
