/** Bad blocks of persistent memory: the libpmem2 API and what a database needs around it. */
module io.github.pmem2j {
  requires org.scijava.nativelib;
  requires org.slf4j;
  requires static transitive java.management;
  requires static jdk.jfr;

  exports io.github.pmem2j;
  exports io.github.pmem2j.libpmem2;
  exports io.github.pmem2j.repair;
  exports io.github.pmem2j.scan;
  exports io.github.pmem2j.watch;
}
