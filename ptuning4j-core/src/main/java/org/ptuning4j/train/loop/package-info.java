/** The training loop: steps, evaluations, the optimiser and checkpoints. */
package org.ptuning4j.train.loop;
