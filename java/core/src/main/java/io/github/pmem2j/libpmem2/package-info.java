/**
 * The bad-block API of libpmem2, faithfully: {@link io.github.pmem2j.libpmem2.Pmem2Source} is
 * {@code struct pmem2_source}, {@link io.github.pmem2j.libpmem2.Pmem2BadBlocks} is {@code struct
 * pmem2_badblock_context}.
 */
package io.github.pmem2j.libpmem2;
