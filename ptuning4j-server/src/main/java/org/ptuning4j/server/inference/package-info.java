/**
 * The Open Inference Protocol, version 2, which KServe and other servers speak: a task is a model,
 * its inputs and the fields of its answers are tensors.
 */
package org.ptuning4j.server.inference;
