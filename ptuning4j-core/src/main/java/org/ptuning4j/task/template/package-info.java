/** From texts to what a model reads: templates of columns, clozes, words and their tokens. */
package org.ptuning4j.task.template;
