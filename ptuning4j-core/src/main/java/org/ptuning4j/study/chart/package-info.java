/** Cells as charts: pages that open without a network, and curves for a terminal. */
package org.ptuning4j.study.chart;
