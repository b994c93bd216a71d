package org.ptuning4j.backbone.roberta;

import java.util.Set;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.encoder.EncoderConfig;
import org.ptuning4j.backbone.encoder.EncoderFamily;
import org.ptuning4j.backbone.encoder.EncoderNames;
import org.ptuning4j.backbone.layer.Activation;
import org.ptuning4j.backbone.transformer.MaskedLanguageNames;
import org.ptuning4j.backbone.transformer.PositionIds;

/** RoBERTa (Liu et al., arXiv 1907.11692) and XLM-R (Conneau et al., arXiv 1911.02116). */
public final class RobertaFamily extends EncoderFamily {

  /** The family. */
  public RobertaFamily() {
    super(
        EncoderNames.bert(
            "roberta.",
            new MaskedLanguageNames(
                "lm_head.dense", "lm_head.layer_norm", "lm_head.decoder", "lm_head.bias")));
  }

  @Override
  public Set<String> modelTypes() {
    return Set.of("roberta", "xlm-roberta", "camembert");
  }

  @Override
  protected EncoderConfig config(ModelFolder folder) {
    return EncoderConfig.read(folder.config(), PositionIds.AFTER_PADDING);
  }

  @Override
  protected Activation languageModelActivation(EncoderConfig config) {
    return Activation.GELU;
  }
}
