/** What the commands print with {@code --json}; docs/json.md describes it. */
package io.github.pmem2j.cli.json;
