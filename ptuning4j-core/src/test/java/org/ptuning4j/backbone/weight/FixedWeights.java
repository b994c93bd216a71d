package org.ptuning4j.backbone.weight;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.engine.Engine;

/** Weights of given values, for parts alone. */
public record FixedWeights(Map<String, Tensor> values, Engine engine) implements Weights {

  @Override
  public BackboneWeight get(String name, WeightRole role, SavedLayout layout, Held held) {
    return BackboneWeight.of(name, role, layout, joined(layout, values), Dtype.F32, engine, false);
  }

  /** The weight of a checkpoint's tensors. */
  static Tensor joined(SavedLayout layout, Map<String, Tensor> saved) {
    Tensor whole = torch.empty(layout.shape().stream().mapToLong(d -> d).toArray());
    layout.views(whole).forEach((name, view) -> view.copy_(saved.get(name).view_as(view)));
    return whole;
  }

  @Override
  public boolean hasOptional(String beginning, String example) {
    return values.containsKey(example);
  }
}
