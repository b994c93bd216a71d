package org.ptuning4j.task.template;

import org.ptuning4j.backbone.TokenRow;

/**
 * What a {@link ClozeTemplate} makes of an example.
 *
 * @param row its tokens, with the numbers of its soft tokens; its anchor is the first mask
 * @param masks the positions of its masks, ascending, one at least
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record RenderedCloze(TokenRow row, int[] masks) {}
