package io.github.pmem2j.cli.json;

/**
 * Why something failed.
 *
 * @param code what libpmem2 or the kernel returned; 0 if pmem2j itself refused
 * @param name the code's symbol
 * @param message the file, the operation and the code in words
 */
public record ErrorJson(int code, String name, String message) {}
