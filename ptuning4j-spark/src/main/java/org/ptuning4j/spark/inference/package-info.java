/** Packs at the executors, and what they answer to rows. */
package org.ptuning4j.spark.inference;
