/**
 * Reports new bad blocks when the kernel learns of them: {@link
 * io.github.pmem2j.watch.BadBlockWatch} sleeps until a list of bad blocks changes, and says what
 * changed and which files that hits.
 */
package io.github.pmem2j.watch;
