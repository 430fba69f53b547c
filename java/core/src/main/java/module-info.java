/** Finds the bad blocks of persistent memory, reads around them, and repairs them. */
@SuppressWarnings("module") // The test kit, to which one package is exported, comes later.
module io.github.pmem2j {
  requires org.slf4j;
  requires static transitive java.management;
  requires static jdk.jfr;
  requires static org.scijava.nativelib; // an automatic module, which jlink refuses

  exports io.github.pmem2j;
  exports io.github.pmem2j.device;
  exports io.github.pmem2j.internal.linux to
      io.github.pmem2j.testkit;
  exports io.github.pmem2j.libpmem2;
  exports io.github.pmem2j.repair;
  exports io.github.pmem2j.scan;
  exports io.github.pmem2j.watch;
}
