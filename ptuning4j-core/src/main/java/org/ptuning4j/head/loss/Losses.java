package org.ptuning4j.head.loss;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.head.ClassScores;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.Loss;
import org.ptuning4j.head.Target;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/**
 * The losses of scores and targets. Targets are checked before: libtorch's own answer would be a
 * crash.
 */
public final class Losses {

  /** A target that does not count, as libtorch's cross-entropy knows it. */
  public static final int IGNORED = -100;

  private static final int SUM = torch.Reduction.Sum.value;
  private static final double NO_SMOOTHING = 0;

  private Losses() {}

  /** The number of the right class of each item, below the number of classes. */
  public static long[] choices(List<Item> items, int classes) {
    return items.stream().mapToLong(item -> choice(item, classes)).toArray();
  }

  /** The number of the right row of each item. */
  public static long[] rows(List<Item> items) {
    return items.stream().mapToLong(item -> choice(item, item.rows().size())).toArray();
  }

  private static int choice(Item item, int bound) {
    return below(bound, item.target(Target.Choice.class).index());
  }

  /** Each item's number. */
  public static float[] values(List<Item> items) {
    float[] values = new float[items.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) items.get(i).target(Target.Value.class).value();
    }
    return values;
  }

  /** 1 for what applies and 0 for what does not, each item's one after the other. */
  public static float[] labelSets(List<Item> items, int[] sizes) {
    float[] all = new float[Arrays.stream(sizes).sum()];
    int next = 0;
    for (int i = 0; i < sizes.length; i++) {
      List<Boolean> applies = items.get(i).target(Target.LabelSet.class).applies();
      requireSize(applies.size(), sizes[i]);
      for (boolean each : applies) {
        all[next++] = each ? 1 : 0;
      }
    }
    return all;
  }

  /** The labels of all reads, one item's after the other's; {@link #IGNORED} where one is open. */
  public static long[] tags(List<Item> items, int labels) {
    return items.stream()
        .flatMap(item -> tags(item).stream())
        .mapToLong(label -> orIgnored(label, labels))
        .toArray();
  }

  private static List<OptionalInt> tags(Item item) {
    List<OptionalInt> tags = item.target(Target.Tags.class).labels();
    requireSize(tags.size(), item.reads().length);
    return tags;
  }

  /** A number below a bound, or {@link #IGNORED}. */
  public static long orIgnored(OptionalInt target, int bound) {
    return target.isPresent() ? below(bound, target.getAsInt()) : IGNORED;
  }

  private static int below(int bound, int index) {
    if (index >= bound) {
      throw new IllegalArgumentException(
          "target " + index + " is not a number from 0 to " + (bound - 1));
    }
    return index;
  }

  private static void requireSize(int found, int needed) {
    if (found != needed) {
      throw new IllegalArgumentException(
          "an item's target has " + found + " entries where " + needed + " are needed");
    }
  }

  /**
   * Cross-entropy: a term for each row that counts.
   *
   * @param logits {@code [B, k]}
   * @param targets {@code [B]}, some perhaps {@link #IGNORED}
   */
  public static Loss crossEntropy(Tensor logits, long[] targets, Engine engine) {
    long count = Arrays.stream(targets).filter(target -> target != IGNORED).count();
    if (count == 0) {
      // zero, with a graph to go back through
      return new Loss(logits.flatten().narrow(0, 0, 0).sum(), 0);
    }
    Tensor right = engine.place(Tensors.of(targets, targets.length), Dtype.I64);
    return new Loss(
        torch.cross_entropy_loss(logits, right, new TensorOptional(), SUM, IGNORED, NO_SMOOTHING),
        count);
  }

  /** Cross-entropy over classes: a term for each answer that counts. */
  public static Loss crossEntropy(ClassScores scores, Engine engine) {
    return crossEntropy(scores.logits(), scores.targets(), engine);
  }

  /** The squared error of each score. */
  public static Loss squaredError(Tensor scores, float[] targets, Engine engine) {
    Tensor right = engine.place(Tensors.of(targets, targets.length), Dtype.F32);
    return new Loss(torch.mse_loss(scores.flatten(), right, SUM), targets.length);
  }

  /**
   * Binary cross-entropy: a term for each logit.
   *
   * @param targets as many as there are logits, 0 or 1
   */
  public static Loss binaryCrossEntropy(Tensor logits, float[] targets, Engine engine) {
    Tensor right = engine.place(Tensors.of(targets, targets.length), Dtype.F32);
    return new Loss(
        torch.binary_cross_entropy_with_logits(
            logits.flatten(), right, new TensorOptional(), new TensorOptional(), SUM),
        targets.length);
  }
}
