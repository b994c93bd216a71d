/** Programs for {@code spark-submit}. */
package org.ptuning4j.spark.application;
