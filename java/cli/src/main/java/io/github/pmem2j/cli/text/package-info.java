/** Formats values for people, in all output of the command line. */
package io.github.pmem2j.cli.text;
