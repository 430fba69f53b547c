/** Pages that show bad blocks. */
package io.github.pmem2j.cli.html;
