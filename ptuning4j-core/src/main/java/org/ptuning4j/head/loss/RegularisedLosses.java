package org.ptuning4j.head.loss;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.head.ClassScores;
import org.ptuning4j.head.Loss;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/** Losses over classes that hold a model back from being too sure. */
public final class RegularisedLosses {

  private RegularisedLosses() {}

  /**
   * Cross-entropy with smoothed targets (arXiv 1512.00567, section 7): of each target 1 − ε is at
   * the right class and ε is spread evenly over all C classes of that answer,
   *
   * <p>−(1 − ε) log p_y − ε/C Σ_c log p_c.
   *
   * @param smoothing ε, in [0, 1)
   */
  public static Loss smoothedCrossEntropy(ClassScores scores, double smoothing, Engine engine) {
    Loss plain = Losses.crossEntropy(scores.logits(), scores.targets(), engine);
    if (smoothing == 0 || plain.count() == 0) {
      return plain;
    }
    Tensor logits = counted(scores, engine); // [M, C]
    Tensor none = logits.eq(new Scalar(Double.NEGATIVE_INFINITY));
    Tensor logs = logProbabilities(logits, none);
    Tensor classes = none.logical_not().sum(1L).to(Dtype.F32.scalarType()); // [M]
    Tensor even = logs.sum(1L).div(classes).sum().neg();
    return new Loss(
        plain.sum().mul(new Scalar(1 - smoothing)).add(even.mul(new Scalar(smoothing))),
        plain.count());
  }

  /**
   * How far two passes over the same answers differ: the sum over the answers that count of
   *
   * <p>½ (KL(p ‖ q) + KL(q ‖ p)) = ½ Σ_c (p_c − q_c) (log p_c − log q_c).
   *
   * <p>This is the second term of R-Drop (arXiv 2106.14448, equation 2).
   */
  public static Tensor divergence(ClassScores first, ClassScores second, Engine engine) {
    Tensor a = counted(first, engine);
    Tensor b = counted(second, engine);
    Tensor none = a.eq(new Scalar(Double.NEGATIVE_INFINITY));
    Tensor p = torch.softmax(a, 1);
    Tensor q = torch.softmax(b, 1);
    Tensor difference = logProbabilities(a, none).sub(logProbabilities(b, none));
    return p.sub(q).mul(difference).sum().mul(new Scalar(0.5));
  }

  /** Logarithms of probabilities; 0 at what is no class. */
  private static Tensor logProbabilities(Tensor logits, Tensor none) {
    return torch.log_softmax(logits, 1).masked_fill(none, new Scalar(0.0));
  }

  /** The rows of the answers that count. */
  private static Tensor counted(ClassScores scores, Engine engine) {
    long[] targets = scores.targets();
    if (Arrays.stream(targets).allMatch(target -> target >= 0)) {
      return scores.logits();
    }
    long[] rows =
        IntStream.range(0, targets.length)
            .filter(row -> targets[row] >= 0)
            .asLongStream()
            .toArray();
    return scores.logits().index_select(0, engine.place(Tensors.of(rows, rows.length), Dtype.I64));
  }
}
