/** Checkpoints of P-Tuning v2's own code. */
package org.ptuning4j.pack.ptuningv2;
