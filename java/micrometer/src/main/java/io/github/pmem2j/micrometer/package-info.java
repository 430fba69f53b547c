/** Meters for <a href="https://micrometer.io">Micrometer</a>. */
package io.github.pmem2j.micrometer;
