package org.ptuning4j.backbone.deberta;

import java.util.List;
import java.util.Set;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.layer.DisentangledTerm;
import org.ptuning4j.backbone.layer.Linear;
import org.ptuning4j.backbone.weight.Weights;

/**
 * DeBERTa, versions 2 and 3 (He et al., arXiv 2111.09543), including mDeBERTa: distances share
 * buckets and may share the projections of contents, and the first layer may have a convolution
 * beside it.
 */
public final class DebertaV2Family extends DisentangledFamily {

  @Override
  public Set<String> modelTypes() {
    return Set.of("deberta-v2");
  }

  @Override
  protected DebertaConfig config(ModelFolder folder) {
    DebertaFields fields = new DebertaFields(folder);
    return fields.read(fields.bucketed(), fields.convolution());
  }

  @Override
  Linear queryKeyValue(String at, DebertaConfig config, Weights weights) {
    long hidden = config.hidden();
    return Linear.stacked(
        weights,
        at + "query_key_value_proj",
        List.of(at + "query_proj", at + "key_proj", at + "value_proj"),
        List.of(hidden, hidden, hidden),
        hidden,
        true);
  }

  @Override
  DisentangledTerm.Projection positionKey(String at, DebertaConfig config, Weights weights) {
    long hidden = config.hidden();
    return config.relative().sharedKeys()
        ? shared(at, config, weights, hidden)
        : Linear.of(weights, at + "pos_key_proj", hidden, hidden, true)::apply;
  }

  @Override
  DisentangledTerm.Projection positionQuery(String at, DebertaConfig config, Weights weights) {
    long hidden = config.hidden();
    return config.relative().sharedKeys()
        ? shared(at, config, weights, 0)
        : Linear.of(weights, at + "pos_query_proj", hidden, hidden, true)::apply;
  }

  /**
   * A part of the projections of contents. They are asked for again, so that they are known to have
   * several uses, whose gradients are then added up in fp32.
   */
  private DisentangledTerm.Projection shared(
      String at, DebertaConfig config, Weights weights, long firstOutput) {
    Linear projections = queryKeyValue(at, config, weights);
    return (engine, states) -> projections.apply(engine, states, firstOutput, config.hidden());
  }
}
