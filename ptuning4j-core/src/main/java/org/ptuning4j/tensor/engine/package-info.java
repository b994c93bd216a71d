/** Where the computing happens: the machine, its precision and its kernels. */
package org.ptuning4j.tensor.engine;
