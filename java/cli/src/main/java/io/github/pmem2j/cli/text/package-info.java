/** How values are shown to a person, in whatever the command line writes. */
package io.github.pmem2j.cli.text;
