/** Options that several commands share, and the files that hold them. */
package org.ptuning4j.cli.options;
