/**
 * <a href="https://ignite.apache.org">Apache Ignite</a> clusters whose native persistence is on
 * persistent memory. {@link io.github.pmem2j.ignite.ClusterScan} scans every node's files, {@link
 * io.github.pmem2j.ignite.PmemFailureHandler} determines which failures of a node are media errors.
 */
package io.github.pmem2j.ignite;
