/** Lucene indexes on persistent memory with bad blocks. */
module io.github.pmem2j.lucene {
  requires transitive io.github.pmem2j;
  requires transitive org.apache.lucene.core;
  requires org.slf4j;

  exports io.github.pmem2j.lucene;
}
