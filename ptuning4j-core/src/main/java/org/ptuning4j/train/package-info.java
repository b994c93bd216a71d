/**
 * From files to a trained prompt: {@link org.ptuning4j.train.Training} reads and encodes the data,
 * runs the loop and saves packs. Its rooms know nothing of it.
 */
package org.ptuning4j.train;
