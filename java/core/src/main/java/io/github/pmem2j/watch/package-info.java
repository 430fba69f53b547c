/**
 * Reports new bad blocks when the kernel learns of them: {@link
 * io.github.pmem2j.watch.BadBlockWatch} sleeps until a list of bad blocks changes, and reports the
 * change with the files that it hits.
 */
package io.github.pmem2j.watch;
