/**
 * Recovery from media errors: {@link io.github.pmem2j.repair.SalvageReader} reads around the
 * damage, {@link io.github.pmem2j.repair.BadBlockRepair} replaces it with healthy blocks and
 * restored bytes. At no moment, not even after a power cut, does lost data look like good data.
 */
package io.github.pmem2j.repair;
