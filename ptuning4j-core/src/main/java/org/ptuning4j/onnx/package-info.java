/** Encoders that were exported to ONNX, turned into folders of the Hugging Face layout. */
package org.ptuning4j.onnx;
