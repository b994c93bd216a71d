package org.ptuning4j.head.linear;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.head.ClassScores;
import org.ptuning4j.head.Head;
import org.ptuning4j.head.HeadInput;
import org.ptuning4j.head.HeadWeights;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.Loss;
import org.ptuning4j.head.loss.LabelChain;
import org.ptuning4j.head.loss.Losses;
import org.ptuning4j.head.loss.ScoresByItem;
import org.ptuning4j.head.loss.TagLoss;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/**
 * W · dropout(state) + b over the words of each item, and transitions between their labels ({@link
 * CrfHeadSpec}). Its scores are the logits, {@code [N, k]}.
 */
final class CrfHead implements Head {

  private static final TagLoss TERMS = new TagLoss();

  private final TokenReading reading;
  private final int labels;
  private final Engine engine;
  private final HeadWeights weights;

  /**
   * A head.
   *
   * @param weights owned and closed by the head
   */
  CrfHead(TokenReading reading, int labels, Engine engine, HeadWeights weights) {
    this.reading = reading;
    this.labels = labels;
    this.engine = engine;
    this.weights = weights;
  }

  @Override
  public List<Parameter> parameters() {
    return weights.list();
  }

  @Override
  public Positions reads() {
    return reading.positions();
  }

  @Override
  public Tensor scores(HeadInput input) {
    return reading.scores(input, weights);
  }

  /** Its gradients are those that {@link LabelChain} gives, put in by scores that they multiply. */
  @Override
  public Loss loss(Tensor scores, List<Item> items) {
    Tensor transitions = weights.tensor(CrfHeadSpec.TRANSITIONS);
    float[] emissions = Tensors.floats(scores);
    float[] byEmission = new float[emissions.length];
    LabelChain chain = new LabelChain(labels, Tensors.floats(transitions));
    long[] targets = Losses.tags(items, labels);
    double sum = 0;
    int next = 0;
    for (int words : reading.counts(items)) {
      long[] own = Arrays.copyOfRange(targets, next, next + words);
      sum += chain.loss(emissions, next, own, byEmission);
      next += words;
    }
    Tensor linear =
        scores
            .mul(placed(byEmission, scores.size(0)))
            .sum()
            .add(transitions.mul(placed(chain.byTransition(), labels)).sum());
    return new Loss(
        linear.sub(linear.detach()).add(new Scalar(sum)),
        Arrays.stream(targets).filter(target -> target >= 0).count());
  }

  private Tensor placed(float[] values, long rows) {
    return engine.place(Tensors.of(values, rows, labels), Dtype.F32);
  }

  @Override
  public boolean comparesClasses() {
    return true;
  }

  /** Each word's own tags, as if there were no transitions. */
  @Override
  public List<ClassScores> classes(Tensor scores, List<Item> items) {
    return TERMS.classes(scores, items, engine);
  }

  @Override
  public int terms(Item item) {
    return TERMS.terms(item, labels);
  }

  @Override
  public List<float[]> split(Tensor scores, List<Item> items) {
    float[] transitions = Tensors.floats(weights.tensor(CrfHeadSpec.TRANSITIONS));
    int[] sizes = Arrays.stream(reading.counts(items)).map(count -> count * labels).toArray();
    List<float[]> all = new ArrayList<>();
    for (float[] logits : ScoresByItem.cut(scores, sizes)) {
      float[] own = Arrays.copyOf(logits, logits.length + transitions.length);
      System.arraycopy(transitions, 0, own, logits.length, transitions.length);
      all.add(own);
    }
    return all;
  }

  @Override
  public double blindLoss(List<Item> training) {
    return TERMS.blind(training, labels);
  }

  @Override
  public void close() {
    weights.close();
  }
}
