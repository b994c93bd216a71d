package org.ptuning4j.backbone.layer;

import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.ReadColumns;
import org.ptuning4j.tensor.Tensors;

/**
 * Rotary positions (Su et al., arXiv 2104.09864): value i of a head's first half and value i of its
 * second half are turned as a pair, by an angle that grows with the position.
 *
 * @param base θ, from which the frequencies θ^(−2i/d) follow
 * @param size d, the width of a head
 * @param scaling how the frequencies are changed
 */
public record Rotary(double base, int size, RotaryScaling scaling) {

  /** Frequencies as they are. */
  public Rotary(double base, int size) {
    this(base, size, RotaryScaling.none());
  }

  /** {@code [B, heads, m, d] → [B, heads, m, d]}, each column turned to its position. */
  Tensor apply(Pass pass, Tensor heads, ReadColumns read) {
    Tensor[] angles = pass.rotations().of(this, read); // cos and sin, [B or 1, 1, m, d]
    long half = size / 2L;
    Tensor turned =
        Tensors.cat(3, heads.narrow(3, half, half).neg(), heads.narrow(3, 0, half)); // [B,·,m,d]
    return heads.mul(angles[0]).add(turned.mul(angles[1]));
  }

  /**
   * How far each pair of a head's values is turned from one position to the next, {@code [d/2]}.
   *
   * @param length the positions that the row takes
   */
  double[] frequencies(int length) {
    return scaling.frequencies(base, size, length);
  }
}
