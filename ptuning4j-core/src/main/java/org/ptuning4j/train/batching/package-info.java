/** Which rows share a batch: by length, by rows or by tokens, and how much each batch counts. */
package org.ptuning4j.train.batching;
