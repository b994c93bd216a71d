/** Rows of a data frame as tasks read them. */
package org.ptuning4j.spark.row;
