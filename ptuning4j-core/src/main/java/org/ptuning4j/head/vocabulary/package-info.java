/** Heads over a checkpoint's own language model. */
package org.ptuning4j.head.vocabulary;
