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
 */
public record Rotary(double base, int size) {

  /** {@code [B, heads, m, d] → [B, heads, m, d]}, each column turned to its position. */
  Tensor apply(Pass pass, Tensor heads, ReadColumns read) {
    Tensor[] angles = pass.rotations().of(this, read); // cos and sin, [B or 1, 1, m, d]
    long half = size / 2L;
    Tensor turned =
        Tensors.cat(3, heads.narrow(3, half, half).neg(), heads.narrow(3, 0, half)); // [B,·,m,d]
    return heads.mul(angles[0]).add(turned.mul(angles[1]));
  }

  /** The angle of the i-th pair of a head's values at a position. */
  double angle(int position, int i) {
    return position * Math.pow(base, -2.0 * i / size);
  }
}
