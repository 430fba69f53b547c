/**
 * Which parts of a file are lost to bad blocks, and whether that is all: {@link
 * io.github.pmem2j.scan.BadBlockScanner} queries the kernel, {@link
 * io.github.pmem2j.BadBlockReport} is its answer.
 */
package io.github.pmem2j.scan;
