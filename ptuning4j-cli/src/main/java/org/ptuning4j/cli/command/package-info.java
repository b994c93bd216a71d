/** The commands on a single run, model or file. */
package org.ptuning4j.cli.command;
