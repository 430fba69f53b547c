/**
 * Reports which parts of a file are lost to bad blocks, and whether there may be more: {@link
 * io.github.pmem2j.scan.BadBlockScanner} queries the kernel and returns a {@link
 * io.github.pmem2j.BadBlockReport}.
 */
package io.github.pmem2j.scan;
