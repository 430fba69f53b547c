package io.github.pmem2j.cli.json;

/** Why there may be more bad blocks than are listed. */
public record ReasonJson(String code, String message) {}
