/** What all commands share: streams, tables, progress, failures. */
package org.ptuning4j.cli.terminal;
