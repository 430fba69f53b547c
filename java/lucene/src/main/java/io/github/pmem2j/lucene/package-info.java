/**
 * <a href="https://lucene.apache.org">Lucene</a> indexes on persistent memory: {@link
 * io.github.pmem2j.lucene.PmemDirectory} checks each file before it is read, {@link
 * io.github.pmem2j.lucene.PmemMergePolicy} keeps damaged segments out of merges, and {@link
 * io.github.pmem2j.lucene.PmemDirectoryReader} searches what is left.
 */
package io.github.pmem2j.lucene;
