/**
 * Text to token ids and back: Hugging Face tokenizers, opened from a model's folder, with offsets
 * into the Java string, word numbers, exact truncation and overlapping windows.
 */
package org.ptuning4j.text;
