package org.ptuning4j.task.tagging;

import org.ptuning4j.backbone.TokenRow;

/**
 * A part of a sentence as a model reads it.
 *
 * @param row the tokens, special ones included
 * @param reads the positions of the first sub-words of the words that are judged here, ascending
 * @param words the index of the word at each of those positions
 */
@SuppressWarnings("ArrayRecordComponent") // made once and never compared
record WordWindow(TokenRow row, int[] reads, int[] words) {}
