/** Cells of studies as tasks of a Spark cluster. */
package org.ptuning4j.spark.cells;
