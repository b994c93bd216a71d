/** {@code ptune predict}. */
package org.ptuning4j.cli.predict;
