/** The Open Inference Protocol over gRPC, with the keys, limits and errors that HTTP has. */
package org.ptuning4j.server.inference.grpc;
