/**
 * <a href="https://h2database.com">H2</a> databases on persistent memory: {@code
 * jdbc:h2:pmem:/path/db}, see {@link io.github.pmem2j.h2.FilePathPmem}.
 */
package io.github.pmem2j.h2;
