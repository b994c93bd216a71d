/** Files of tensors: safetensors, sharded checkpoints, and writing that leaves no half file. */
package org.ptuning4j.tensor.file;
