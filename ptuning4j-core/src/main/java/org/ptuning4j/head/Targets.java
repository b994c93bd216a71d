package org.ptuning4j.head;

import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/** What is right for the items of a batch, checked: libtorch's own answer would be a crash. */
final class Targets {

  /** A target that does not count, as libtorch's cross-entropy knows it. */
  static final int IGNORED = -100;

  private static final int SUM = torch.Reduction.Sum.value;
  private static final double NO_SMOOTHING = 0;

  private Targets() {}

  /** One class for each item, below the number of classes. */
  static long[] classes(List<Item> items, int classes) {
    return items.stream().mapToLong(item -> index(only(item), classes)).toArray();
  }

  /** The number of the right row of each item. */
  static long[] rows(List<Item> items) {
    return items.stream().mapToLong(item -> index(only(item), item.rows().size())).toArray();
  }

  /** All targets, one after the other; each item has as many as are said. */
  static float[] all(List<Item> items, int[] sizes) {
    float[] all = new float[Arrays.stream(sizes).sum()];
    int next = 0;
    for (int i = 0; i < sizes.length; i++) {
      float[] target = items.get(i).target();
      if (target.length != sizes[i]) {
        throw new IllegalArgumentException(
            "an item has " + target.length + " targets where " + sizes[i] + " are needed");
      }
      System.arraycopy(target, 0, all, next, target.length);
      next += target.length;
    }
    return all;
  }

  /** A whole number in [0, bound). */
  static int index(float target, int bound) {
    int index = (int) target;
    if (index != target || index < 0 || index >= bound) {
      throw new IllegalArgumentException(
          "target " + target + " is not a whole number from 0 to " + (bound - 1));
    }
    return index;
  }

  /** The single target of an item. */
  static float only(Item item) {
    if (item.target().length != 1) {
      throw new IllegalArgumentException(
          "an item has " + item.target().length + " targets where one is needed");
    }
    return item.target()[0];
  }

  /**
   * Cross-entropy: a term for each row that counts.
   *
   * @param logits {@code [B, k]}
   * @param targets {@code [B]}, some perhaps {@link #IGNORED}
   */
  static Loss crossEntropy(Tensor logits, long[] targets, Engine engine) {
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

  /** The squared error of each score. */
  static Loss squaredError(Tensor scores, float[] targets, Engine engine) {
    Tensor right = engine.place(Tensors.of(targets, targets.length), Dtype.F32);
    return new Loss(torch.mse_loss(scores.flatten(), right, SUM), targets.length);
  }

  /**
   * Binary cross-entropy: a term for each logit.
   *
   * @param targets as many as there are logits, from 0 to 1
   */
  static Loss binaryCrossEntropy(Tensor logits, float[] targets, Engine engine) {
    for (float target : targets) {
      if (!(target >= 0 && target <= 1)) {
        throw new IllegalArgumentException("target " + target + " does not lie in [0, 1]");
      }
    }
    Tensor right = engine.place(Tensors.of(targets, targets.length), Dtype.F32);
    return new Loss(
        torch.binary_cross_entropy_with_logits(
            logits.flatten(), right, new TensorOptional(), new TensorOptional(), SUM),
        targets.length);
  }
}
