/** Simulated bad blocks, for tests of programs that embed pmem2j. */
module io.github.pmem2j.testkit {
  requires transitive io.github.pmem2j;
  requires static org.junit.jupiter.api; // not transitive: a program without JUnit compiles

  exports io.github.pmem2j.testkit;
}
