package io.github.pmem2j.cli.json;

/**
 * Why something failed.
 *
 * @param code the code of libpmem2 or the kernel; 0 if pmem2j itself refuses
 * @param name the code's symbol
 * @param message the file, the operation and the code in words
 */
public record ErrorJson(int code, String name, String message) {}
