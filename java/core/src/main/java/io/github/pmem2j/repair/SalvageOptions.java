package io.github.pmem2j.repair;

/**
 * How a salvage treats a copy that exists.
 *
 * @param restart whether it begins anew on a copy that an earlier one wrote
 * @param foreignMap whether the mapfile is believed though it does not identify the copy
 */
record SalvageOptions(boolean restart, boolean foreignMap) {}
