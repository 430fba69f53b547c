/**
 * What the other packages take and return: {@link io.github.pmem2j.BadBlockReport} is the result of
 * a scan, {@link io.github.pmem2j.RangeSet} a set of bytes, and the exceptions name what failed.
 * Start with {@link io.github.pmem2j.scan.BadBlockScanner}.
 */
package io.github.pmem2j;
