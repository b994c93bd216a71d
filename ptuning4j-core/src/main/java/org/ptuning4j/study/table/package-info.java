/** Cells side by side as a table, with published numbers where there are some. */
package org.ptuning4j.study.table;
