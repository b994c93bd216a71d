/** Texts that a decoder writes: what goes on after a source, as in table-to-text and summaries. */
package org.ptuning4j.task.generation;
