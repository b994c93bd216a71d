package org.ptuning4j.backbone.bert;

import java.util.Set;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.encoder.EncoderConfig;
import org.ptuning4j.backbone.encoder.EncoderFamily;
import org.ptuning4j.backbone.encoder.EncoderNames;
import org.ptuning4j.backbone.transformer.MaskedLanguageNames;
import org.ptuning4j.backbone.transformer.PositionIds;

/** BERT (Devlin et al., arXiv 1810.04805). */
public final class BertFamily extends EncoderFamily {

  /** The family. */
  public BertFamily() {
    super(
        EncoderNames.bert(
            "bert.",
            new MaskedLanguageNames(
                "cls.predictions.transform.dense",
                "cls.predictions.transform.LayerNorm",
                "cls.predictions.decoder",
                "cls.predictions.bias")));
  }

  @Override
  public Set<String> modelTypes() {
    return Set.of("bert");
  }

  @Override
  protected EncoderConfig config(ModelFolder folder) {
    return EncoderConfig.read(folder.config(), PositionIds.FROM_ZERO);
  }
}
