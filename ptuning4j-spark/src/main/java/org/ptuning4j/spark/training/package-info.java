/** A run that the tasks of a barrier stage train together. */
package org.ptuning4j.spark.training;
