package org.ptuning4j.backbone.roberta;

import java.util.Optional;
import java.util.Set;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.encoder.EncoderConfig;
import org.ptuning4j.backbone.encoder.EncoderFamily;
import org.ptuning4j.backbone.encoder.MaskedLanguageNames;
import org.ptuning4j.backbone.encoder.PositionIds;
import org.ptuning4j.backbone.layer.Activation;

/** RoBERTa (Liu et al., arXiv 1907.11692) and XLM-R (Conneau et al., arXiv 1911.02116). */
public final class RobertaFamily extends EncoderFamily {

  @Override
  public Set<String> modelTypes() {
    return Set.of("roberta", "xlm-roberta", "camembert");
  }

  @Override
  protected EncoderConfig config(ModelFolder folder) {
    return EncoderConfig.read(
        folder,
        "roberta.",
        PositionIds.AFTER_PADDING,
        new MaskedLanguageNames(
            "lm_head.dense",
            "lm_head.layer_norm",
            "lm_head.decoder",
            "lm_head.bias",
            Optional.of(Activation.GELU)));
  }
}
