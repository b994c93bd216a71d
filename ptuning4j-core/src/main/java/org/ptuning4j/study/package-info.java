/**
 * A study of several runs: {@link org.ptuning4j.study.Study} makes them one after the other and
 * keeps each as a cell; tables and charts of cells, and the published numbers to stand beside.
 */
package org.ptuning4j.study;
