/** Tasks on a text or a pair of texts: one label, several labels, a number. */
package org.ptuning4j.task.text;
