package org.ptuning4j.backbone.deberta;

import java.util.Optional;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.layer.DisentangledTerm;
import org.ptuning4j.backbone.layer.Linear;
import org.ptuning4j.backbone.weight.BackboneWeight;
import org.ptuning4j.backbone.weight.SavedLayout;
import org.ptuning4j.backbone.weight.WeightRole;
import org.ptuning4j.backbone.weight.WeightValue;
import org.ptuning4j.backbone.weight.Weights;
import org.ptuning4j.backbone.weight.Weights.Held;
import org.ptuning4j.tensor.Tensors;

/**
 * DeBERTa, version 1 (He et al., arXiv 2006.03654). Queries, keys and values are saved in one
 * matrix, head by head; keys have no bias.
 */
public final class DebertaFamily extends DisentangledFamily {

  @Override
  public Set<String> modelTypes() {
    return Set.of("deberta");
  }

  @Override
  protected DebertaConfig config(ModelFolder folder) {
    DebertaFields fields = new DebertaFields(folder);
    return fields.read(fields.clipped(), Optional.empty());
  }

  @Override
  Linear queryKeyValue(String at, DebertaConfig config, Weights weights) {
    int hidden = config.hidden();
    String name = at + "in_proj.weight";
    BackboneWeight weight =
        weights.get(
            name,
            WeightRole.MATRIX,
            new SavedLayout.ByHeads(name, config.sizes().heads(), 3, config.sizes().size(), hidden),
            Held.FOR_PRODUCTS);
    BackboneWeight query = weights.plain(at + "q_bias", WeightRole.BIAS, hidden);
    BackboneWeight value = weights.plain(at + "v_bias", WeightRole.BIAS, hidden);
    return new Linear(weight, Optional.of(withoutKeys(query, value)));
  }

  /** The bias of all three: {@code [3·H]}, zeros for the keys. */
  private static WeightValue withoutKeys(BackboneWeight query, BackboneWeight value) {
    return () -> {
      Tensor queries = query.value();
      return Tensors.cat(0, queries, torch.zeros_like(queries), value.value());
    };
  }

  @Override
  DisentangledTerm.Projection positionKey(String at, DebertaConfig config, Weights weights) {
    return Linear.of(weights, at + "pos_proj", config.hidden(), config.hidden(), false)::apply;
  }

  @Override
  DisentangledTerm.Projection positionQuery(String at, DebertaConfig config, Weights weights) {
    return Linear.of(weights, at + "pos_q_proj", config.hidden(), config.hidden(), true)::apply;
  }
}
