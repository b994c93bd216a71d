/** Checkpoints in any of their formats, in one file or sharded. */
package org.ptuning4j.tensor.checkpoint;
