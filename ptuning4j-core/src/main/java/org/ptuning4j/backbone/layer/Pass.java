package org.ptuning4j.backbone.layer;

import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.engine.Engine;

/**
 * One forward pass, as its parts see it.
 *
 * @param engine where it computes
 * @param options what is wanted
 * @param dropped where the family drops states
 * @param scores where queries meet keys
 * @param rotations how far queries and keys are turned
 * @param distances how far apart they are
 */
public record Pass(
    Engine engine,
    ForwardOptions options,
    Set<DropoutPlace> dropped,
    ScoreMasks scores,
    Rotations rotations,
    Distances distances) {

  /** The same pass with masks from elsewhere. */
  public Pass with(Dropout masks) {
    return new Pass(engine, options.with(masks), dropped, scores, rotations, distances);
  }

  /** States after dropout, where the family has it at this place. */
  public Tensor dropout(DropoutPlace place, Tensor x) {
    return options.dropout().apply(x, rate(place));
  }

  /** The dropout rate of attention probabilities. */
  double attentionRate() {
    return rate(DropoutPlace.ATTENTION_PROBABILITIES);
  }

  private double rate(DropoutPlace place) {
    return dropped.contains(place) ? place.rate(options.rates()) : 0;
  }
}
