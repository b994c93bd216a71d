/** The edge of libtorch: starting it, tensors, scopes, types and seeded random numbers. */
package org.ptuning4j.tensor;
