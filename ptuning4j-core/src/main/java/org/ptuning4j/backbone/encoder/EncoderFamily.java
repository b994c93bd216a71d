package org.ptuning4j.backbone.encoder;

import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamily;
import org.ptuning4j.backbone.CheckpointWeights;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.WeightReport;
import org.ptuning4j.tensor.engine.Engine;

/** What the families of BERT's shape share; each says only how its configuration reads. */
public abstract class EncoderFamily implements BackboneFamily {

  /** Reads the family's configuration. */
  protected abstract EncoderConfig config(ModelFolder folder);

  @Override
  public final Backbone load(ModelFolder folder, Engine engine, boolean trainable) {
    EncoderConfig config = config(folder);
    try (CheckpointWeights source = CheckpointWeights.open(folder, config.layout())) {
      source.verify();
      return new Encoder(config, engine, EncoderWeights.read(source, config, engine, trainable));
    }
  }

  @Override
  public final WeightReport inspect(ModelFolder folder) {
    try (CheckpointWeights source = CheckpointWeights.open(folder, config(folder).layout())) {
      return source.report();
    }
  }
}
