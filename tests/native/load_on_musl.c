/*
 * A process on the C library musl, in place of a JVM, because Debian has no JVM for musl: it tries
 * to load the named library, and prints the error and then the mappings of the process.
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
