/**
 * Files of this machine's own disk that look as if they were on persistent memory with bad blocks:
 * {@link io.github.pmem2j.testkit.SimulatedPmem} for any program, {@link
 * io.github.pmem2j.testkit.PmemExtension} for JUnit 5. For tests; it needs no root and no device.
 */
package io.github.pmem2j.testkit;
