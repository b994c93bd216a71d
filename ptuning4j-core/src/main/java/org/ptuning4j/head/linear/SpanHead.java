package org.ptuning4j.head.linear;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.head.ClassScores;
import org.ptuning4j.head.Head;
import org.ptuning4j.head.HeadInput;
import org.ptuning4j.head.HeadWeights;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.Loss;
import org.ptuning4j.head.Target;
import org.ptuning4j.head.loss.Losses;
import org.ptuning4j.head.loss.ScoresByItem;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.engine.Engine;

/** A trained {@link SpanHeadSpec}; its scores are {@code [N, 2]} for all N reads. */
final class SpanHead implements Head {

  private final Engine engine;
  private final HeadWeights weights;

  SpanHead(Engine engine, HeadWeights weights) {
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
    List<ClassScores> classes = classes(scores, items);
    Loss starts = Losses.crossEntropy(classes.get(0), engine);
    Loss ends = Losses.crossEntropy(classes.get(1), engine);
    return new Loss(starts.sum().add(ends.sum()), starts.count() + ends.count());
  }

  @Override
  public boolean choosesClasses() {
    return true;
  }

  /** The starts, and the ends. */
  @Override
  public List<ClassScores> classes(Tensor scores, List<Item> items) {
    return List.of(
        classes(scores.select(1, 0), items, Target.Span::start),
        classes(scores.select(1, 1), items, Target.Span::end));
  }

  @Override
  public int terms(Item item) {
    Target.Span span = item.target(Target.Span.class);
    return (span.start().isPresent() ? 1 : 0) + (span.end().isPresent() ? 1 : 0);
  }

  private ClassScores classes(
      Tensor scores, List<Item> items, Function<Target.Span, OptionalInt> end) {
    int[] sizes = ScoresByItem.reads(items);
    long[] targets = new long[sizes.length];
    for (int i = 0; i < sizes.length; i++) {
      OptionalInt target = end.apply(items.get(i).target(Target.Span.class));
      targets[i] = Losses.orIgnored(target, sizes[i]);
    }
    Tensor logits =
        ScoresByItem.padded(scores, sizes, Float.NEGATIVE_INFINITY, engine); // [B, reads]
    return new ClassScores(logits, targets);
  }

  @Override
  public List<float[]> split(Tensor scores, List<Item> items) {
    int[] sizes = ScoresByItem.reads(items);
    List<float[]> starts = ScoresByItem.cut(scores.select(1, 0), sizes);
    List<float[]> ends = ScoresByItem.cut(scores.select(1, 1), sizes);
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
