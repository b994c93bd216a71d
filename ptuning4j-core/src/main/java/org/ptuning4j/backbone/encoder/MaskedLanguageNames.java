package org.ptuning4j.backbone.encoder;

import java.util.Optional;
import org.ptuning4j.backbone.layer.Activation;

/**
 * How a family spells its masked-language-model head: the full names, without {@code .weight} and
 * {@code .bias} where there are both.
 *
 * @param dense the dense layer, {@code [H, H]}
 * @param norm the LayerNorm after it
 * @param decoder the output matrix, {@code [V, H]}, where it is saved at all
 * @param bias the output bias, {@code [V]}; also known as the decoder's
 * @param activation the function between dense layer and LayerNorm where the family fixes it, as
 *     RoBERTa does; else it is the configuration's {@code hidden_act}
 */
public record MaskedLanguageNames(
    String dense, String norm, String decoder, String bias, Optional<Activation> activation) {}
