package org.ptuning4j.head.linear;

import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.head.ClassScores;
import org.ptuning4j.head.Head;
import org.ptuning4j.head.HeadInput;
import org.ptuning4j.head.HeadWeights;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.Loss;
import org.ptuning4j.head.loss.ScoreLoss;
import org.ptuning4j.head.loss.ScoresByItem;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.engine.Engine;

/**
 * W · dropout(state) + b in fp32, for whole sequences ({@link LinearHeadSpec}) and single tokens
 * ({@link TokenHeadSpec}) alike. Its scores are {@code [N, k]} for the N states that are read of
 * all items.
 */
final class LinearHead implements Head {

  private final LinearReading reading;
  private final ScoreLoss loss;
  private final int outputs;
  private final Engine engine;
  private final HeadWeights weights;

  /**
   * A head.
   *
   * @param outputs k, the number of scores for each state
   * @param weights owned and closed by the head
   */
  LinearHead(
      LinearReading reading, ScoreLoss loss, int outputs, Engine engine, HeadWeights weights) {
    this.reading = reading;
    this.loss = loss;
    this.outputs = outputs;
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

  @Override
  public Loss loss(Tensor scores, List<Item> items) {
    return loss.of(scores, items, engine);
  }

  @Override
  public boolean choosesClasses() {
    return loss.choosesClasses();
  }

  @Override
  public boolean comparesClasses() {
    return loss.comparesClasses();
  }

  @Override
  public List<ClassScores> classes(Tensor scores, List<Item> items) {
    return loss.classes(scores, items, engine);
  }

  @Override
  public int terms(Item item) {
    return loss.terms(item, outputs);
  }

  @Override
  public List<float[]> split(Tensor scores, List<Item> items) {
    int[] sizes = Arrays.stream(reading.counts(items)).map(count -> count * outputs).toArray();
    return ScoresByItem.cut(scores, sizes);
  }

  @Override
  public float[] common() {
    return loss.common();
  }

  @Override
  public double blindLoss(List<Item> training) {
    return loss.blind(training, outputs);
  }

  @Override
  public void close() {
    weights.close();
  }
}
