/** Devices of persistent memory: what they are made of, and what they report as bad. */
package io.github.pmem2j.internal.device;
