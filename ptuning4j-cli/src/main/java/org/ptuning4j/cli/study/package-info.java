/** {@code ptune compare} and {@code ptune ablate}. */
package org.ptuning4j.cli.study;
