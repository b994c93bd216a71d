package org.ptuning4j.head;

import java.util.List;
import java.util.OptionalInt;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.engine.Engine;

/** A trained {@link TokenHeadSpec}; its scores are {@code [N, labels]} for all N reads. */
final class TokenHead implements Head {

  private final TokenHeadSpec spec;
  private final Engine engine;
  private final Weights weights;

  TokenHead(TokenHeadSpec spec, Engine engine, Weights weights) {
    this.spec = spec;
    this.engine = engine;
    this.weights = weights;
  }

  @Override
  public List<Parameter> parameters() {
    return weights.list();
  }

  @Override
  public Positions reads() {
    return Positions.ALL;
  }

  @Override
  public Tensor scores(HeadInput input) {
    Tensor read = engine.place(input.reads(), Dtype.F32); // [N, H]
    return weights.linear("classifier", input.dropout().apply(read, spec.dropout()));
  }

  /** Cross-entropy: a term for each read that counts, whichever item it is of. */
  @Override
  public Loss loss(Tensor scores, List<Item> items) {
    return Losses.crossEntropy(scores, Losses.tags(items, spec.labels()), engine);
  }

  @Override
  public int terms(Item item) {
    return (int)
        item.target(Target.Tags.class).labels().stream().filter(OptionalInt::isPresent).count();
  }

  @Override
  public List<float[]> split(Tensor scores, List<Item> items) {
    int[] sizes = ScoresByItem.reads(items);
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] *= spec.labels();
    }
    return ScoresByItem.cut(scores, sizes);
  }

  @Override
  public double blindLoss(List<Item> training) {
    return BlindLosses.tags(training);
  }

  @Override
  public void close() {
    weights.close();
  }
}
