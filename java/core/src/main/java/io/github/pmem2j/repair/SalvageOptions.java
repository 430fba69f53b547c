package io.github.pmem2j.repair;

/**
 * How a salvage treats an existing copy.
 *
 * @param restart whether to start again on a copy that an earlier salvage wrote
 * @param foreignMap whether to trust a mapfile that does not identify the copy
 */
record SalvageOptions(boolean restart, boolean foreignMap) {}
