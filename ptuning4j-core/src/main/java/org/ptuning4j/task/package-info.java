/**
 * What a model is trained to do: which columns it reads, how they become text, which labels there
 * are, how success is measured, and which settings have been published for it.
 */
package org.ptuning4j.task;
