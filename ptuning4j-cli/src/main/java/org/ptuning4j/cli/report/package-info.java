/** {@code ptune report}. */
package org.ptuning4j.cli.report;
