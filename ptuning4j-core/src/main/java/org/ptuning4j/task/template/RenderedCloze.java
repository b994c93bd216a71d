package org.ptuning4j.task.template;

import org.ptuning4j.backbone.TokenRow;

/**
 * What a {@link ClozeTemplate} makes of an example.
 *
 * @param row its tokens, with the numbers of its soft tokens; its anchor is the first of the reads
 * @param reads the positions where the tokens of the wording are looked for, ascending, one at
 *     least: those of the masks, or, where a model says what comes next, those before them
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record RenderedCloze(TokenRow row, int[] reads) {}
