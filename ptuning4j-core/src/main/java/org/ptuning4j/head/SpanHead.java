package org.ptuning4j.head;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.engine.Engine;

/** A trained {@link SpanHeadSpec}; its scores are {@code [N, 2]} for all N reads. */
final class SpanHead implements Head {

  /** The target of an answer that starts or ends outside the item. */
  private static final float NOT_IN_ITEM = -1;

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
   * Cross-entropy over the item's own positions: a term for each start and one for each end that
   * counts.
   */
  @Override
  public Loss loss(Tensor scores, List<Item> items) {
    Loss starts = loss(scores, items, 0);
    Loss ends = loss(scores, items, 1);
    return new Loss(starts.sum().add(ends.sum()), starts.count() + ends.count());
  }

  @Override
  public int terms(Item item) {
    int terms = 0;
    for (float target : item.target()) {
      terms += target == NOT_IN_ITEM ? 0 : 1;
    }
    return terms;
  }

  private Loss loss(Tensor scores, List<Item> items, int end) {
    int[] sizes = Ragged.reads(items);
    long[] targets = new long[sizes.length];
    for (int i = 0; i < sizes.length; i++) {
      float[] target = items.get(i).target();
      if (target.length != 2) {
        throw new IllegalArgumentException(
            "an item has " + target.length + " targets where start and end are needed");
      }
      targets[i] =
          target[end] == NOT_IN_ITEM ? Targets.IGNORED : Targets.index(target[end], sizes[i]);
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
