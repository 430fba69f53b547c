/** Meters of a watch for bad blocks. */
module io.github.pmem2j.micrometer {
  requires transitive io.github.pmem2j;
  requires transitive micrometer.core;

  exports io.github.pmem2j.micrometer;
}
