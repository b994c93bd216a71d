package org.ptuning4j.backbone.weight;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.engine.Engine;

/** Weights of given values, for parts alone. */
public record FixedWeights(Map<String, Tensor> values, Engine engine) implements Weights {

  @Override
  public BackboneWeight get(String name, WeightRole role, SavedLayout layout, Held held) {
    return BackboneWeight.of(
        name, role, layout, layout.join(values::get), Dtype.F32, engine, false);
  }

  @Override
  public boolean hasOptional(String beginning, String example) {
    return values.containsKey(example);
  }
}
