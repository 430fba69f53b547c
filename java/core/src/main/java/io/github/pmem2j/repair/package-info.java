/**
 * The way back from a media error: {@link io.github.pmem2j.repair.SalvageReader} reads around the
 * damage, {@link io.github.pmem2j.repair.BadBlockRepair} puts healthy blocks and restored bytes in
 * its place, and at no moment, power cuts included, does lost data look like data.
 */
package io.github.pmem2j.repair;
