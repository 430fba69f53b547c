/** Simulated bad blocks, for tests of programs that embed pmem2j. */
module io.github.pmem2j.testkit {
  requires transitive io.github.pmem2j;
  requires static transitive org.junit.jupiter.api;

  exports io.github.pmem2j.testkit;
}
