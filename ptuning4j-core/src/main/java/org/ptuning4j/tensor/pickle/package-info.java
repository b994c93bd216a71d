/** PyTorch's checkpoints, read without running what they hold. */
package org.ptuning4j.tensor.pickle;
