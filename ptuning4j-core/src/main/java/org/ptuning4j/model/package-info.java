/** A model as a whole: backbone and tokenizer side by side, and whether they belong together. */
package org.ptuning4j.model;
