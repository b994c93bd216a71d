/** From files to a trained prompt: the loop, its checks, its checkpoints. */
package org.ptuning4j.train;
