/**
 * Prompt tuning on Spark: an estimator, the model that it makes, and what stores both. For Scala
 * and for PySpark through its gateway to the JVM.
 */
package org.ptuning4j.spark;
