/** The {@code ptune} command: options, tables and progress around what the core does. */
package org.ptuning4j.cli;
