/** Cells of a study: what makes a run the same run, its result, and the folder that keeps both. */
package org.ptuning4j.study.cell;
