/** {@code ptune serve}. */
package org.ptuning4j.cli.serve;
