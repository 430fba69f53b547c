/** H2 databases on persistent memory with bad blocks. */
@SuppressWarnings("module") // The name ends with a digit, as that of H2 does.
module io.github.pmem2j.h2 {
  requires transitive com.h2database;
  requires io.github.pmem2j;
  requires transitive java.sql;

  exports io.github.pmem2j.h2;

  provides java.sql.Driver with
      io.github.pmem2j.h2.PmemFileSystemDriver;
}
