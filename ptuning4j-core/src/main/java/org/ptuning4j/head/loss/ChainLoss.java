package org.ptuning4j.head.loss;

import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.head.ClassScores;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.Loss;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/**
 * The loss of the tags of whole items, each a chain ({@link LabelChain}). An item's scores are its
 * logits; the transitions are common to all. The target is {@link org.ptuning4j.head.Target.Tags};
 * a term for each token that counts.
 *
 * @param transitions trained; labels × labels: the label before × the label behind
 */
public record ChainLoss(Supplier<Tensor> transitions) implements ScoreLoss {

  private static final TagLoss EACH = new TagLoss();

  /** Its gradients are those of the chains, put in by scores that they multiply. */
  @Override
  public Loss of(Tensor scores, List<Item> items, Engine engine) {
    Tensor trained = transitions.get();
    int labels = Math.toIntExact(scores.size(1));
    LabelChain chain = new LabelChain(labels, Tensors.floats(trained));
    float[] emissions = Tensors.floats(scores);
    float[] byEmission = new float[emissions.length];
    long[] targets = Losses.tags(items, labels);
    double sum = 0;
    int next = 0;
    for (int words : ScoresByItem.reads(items)) {
      long[] own = Arrays.copyOfRange(targets, next, next + words);
      sum += chain.loss(emissions, next, own, byEmission);
      next += words;
    }
    Tensor linear =
        product(scores, byEmission, engine).add(product(trained, chain.byTransition(), engine));
    return new Loss(
        linear.sub(linear.detach()).add(new Scalar(sum)),
        Arrays.stream(targets).filter(target -> target >= 0).count());
  }

  private static Tensor product(Tensor scores, float[] gradient, Engine engine) {
    Tensor placed = engine.place(Tensors.of(gradient, Tensors.shape(scores)), Dtype.F32);
    return scores.mul(placed).sum();
  }

  @Override
  public float[] common() {
    return Tensors.floats(transitions.get());
  }

  @Override
  public boolean comparesClasses() {
    return true;
  }

  /** Each token's own tags, as if there were no transitions. */
  @Override
  public List<ClassScores> classes(Tensor scores, List<Item> items, Engine engine) {
    return EACH.classes(scores, items, engine);
  }

  @Override
  public int terms(Item item, int labels) {
    return EACH.terms(item, labels);
  }

  @Override
  public double blind(List<Item> training, int labels) {
    return BlindLosses.chains(training, labels);
  }
}
