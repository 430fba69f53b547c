/**
 * Devices of persistent memory: {@link io.github.pmem2j.device.Scrub} has the platform look for
 * errors.
 */
package io.github.pmem2j.device;
