/**
 * Devices of persistent memory: {@link io.github.pmem2j.device.Scrub} has the platform look for
 * errors, and {@link io.github.pmem2j.device.DeviceStatus} reports the owner of each bad range.
 */
package io.github.pmem2j.device;
