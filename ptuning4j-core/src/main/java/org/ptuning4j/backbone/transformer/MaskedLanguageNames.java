package org.ptuning4j.backbone.transformer;

/**
 * How a family spells its masked-language-model head: the full names, without {@code .weight} and
 * {@code .bias} where there are both.
 *
 * @param dense the dense layer, {@code [E, H]}
 * @param norm the LayerNorm after it
 * @param decoder the output matrix, {@code [V, E]}, where it is saved at all
 * @param bias the output bias, {@code [V]}; also known as the decoder's
 */
public record MaskedLanguageNames(String dense, String norm, String decoder, String bias) {}
