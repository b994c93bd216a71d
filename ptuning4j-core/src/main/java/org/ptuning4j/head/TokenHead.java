package org.ptuning4j.head;

import java.util.List;
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
    float[] targets = Targets.all(items, Ragged.reads(items));
    long[] labels = new long[targets.length];
    for (int i = 0; i < labels.length; i++) {
      labels[i] =
          targets[i] == Targets.IGNORED
              ? Targets.IGNORED
              : Targets.index(targets[i], spec.labels());
    }
    return Targets.crossEntropy(scores, labels, engine);
  }

  @Override
  public int terms(Item item) {
    int terms = 0;
    for (float target : item.target()) {
      terms += target == Targets.IGNORED ? 0 : 1;
    }
    return terms;
  }

  @Override
  public List<float[]> split(Tensor scores, List<Item> items) {
    int[] sizes = Ragged.reads(items);
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] *= spec.labels();
    }
    return Ragged.cut(scores, sizes);
  }

  @Override
  public double blindLoss(List<Item> training) {
    return Frequencies.entropy(
        Frequencies.all(training).filter(target -> target != Targets.IGNORED));
  }

  @Override
  public void close() {
    weights.close();
  }
}
