/**
 * The bad-block API of libpmem2: {@link io.github.pmem2j.libpmem2.Pmem2Source} is a file or dax
 * device, {@link io.github.pmem2j.libpmem2.Pmem2BadBlocks} lists its bad blocks and clears them.
 */
package io.github.pmem2j;
