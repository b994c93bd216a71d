package org.ptuning4j.head;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.engine.Engine;

/** A trained {@link SpanHeadSpec}; its scores are {@code [N, 2]} for all N reads. */
final class SpanHead implements Head {

  private final Engine engine;
  private final Weights weights;

  SpanHead(Engine engine, Weights weights) {
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
    return weights.linear("qa_outputs", engine.place(input.reads(), Dtype.F32));
  }

  /**
   * The mean of the cross-entropies of start and end, each over the item's own positions and the
   * mean over the items where it counts.
   */
  @Override
  public Tensor loss(Tensor scores, List<Item> items) {
    return loss(scores, items, 0).add(loss(scores, items, 1)).mul(new Scalar(0.5));
  }

  private Tensor loss(Tensor scores, List<Item> items, int end) {
    int[] sizes = Ragged.reads(items);
    long[] targets = new long[sizes.length];
    for (int i = 0; i < sizes.length; i++) {
      float[] target = items.get(i).target();
      if (target.length != 2) {
        throw new IllegalArgumentException(
            "an item has " + target.length + " targets where start and end are needed");
      }
      targets[i] = target[end] == -1 ? Targets.IGNORED : Targets.index(target[end], sizes[i]);
    }
    Tensor logits =
        Ragged.padded(scores.select(1, end), sizes, Float.NEGATIVE_INFINITY, engine); // [B, reads]
    return Targets.crossEntropy(logits, targets, engine);
  }

  @Override
  public List<float[]> split(Tensor scores, List<Item> items) {
    int[] sizes = Ragged.reads(items);
    List<float[]> starts = Ragged.cut(scores.select(1, 0), sizes);
    List<float[]> ends = Ragged.cut(scores.select(1, 1), sizes);
    List<float[]> split = new ArrayList<>();
    for (int i = 0; i < sizes.length; i++) {
      float[] both = new float[2 * sizes[i]];
      System.arraycopy(starts.get(i), 0, both, 0, sizes[i]);
      System.arraycopy(ends.get(i), 0, both, sizes[i], sizes[i]);
      split.add(both);
    }
    return split;
  }

  @Override
  public void close() {
    weights.close();
  }
}
