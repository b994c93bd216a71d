/**
 * What data sets ask of a model in training: batches, their loss, evaluations; states that never
 * change are computed once.
 */
package org.ptuning4j.train.objective;
