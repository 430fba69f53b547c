/*
 * A process on the C library musl, in place of a JVM on it, which Debian does not have: loads the
 * library named and prints why it cannot be, and then what the process has mapped.
 */
#include <dlfcn.h>
#include <stdio.h>

int main(int argc, char **argv) {
    if (argc != 2)
        return 2;
    puts(dlopen(argv[1], RTLD_LAZY) != NULL ? "loaded" : dlerror());
    FILE *maps = fopen("/proc/self/maps", "r");
    if (maps == NULL)
        return 1;
    for (int c; (c = getc(maps)) != EOF;)
        putchar(c);
    return 0;
}
