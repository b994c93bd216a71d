package org.ptuning4j.backbone;

import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.tensor.Tensors;

/**
 * Keys and values that one layer attends to before those of the text. They are raw: W_k and W_v are
 * not applied to them (P-Tuning v2, arXiv 2110.07602, section 3.2).
 *
 * @param key {@code [B, K, P, d]} in the backbone's type
 * @param value {@code [B, K, P, d]} in the backbone's type
 * @param mask {@code [B, P]}, added to the attention scores: 0 where a row has the virtual token,
 *     −∞ where its prompt is shorter than P; empty where every row has all P
 */
public record LayerPrefix(Tensor key, Tensor value, Optional<Tensor> mask) {

  /** A prefix that every row has in full. */
  public static LayerPrefix of(Tensor key, Tensor value) {
    return new LayerPrefix(key, value, Optional.empty());
  }

  /** This and another, side by side: {@code [B, K, P + P', d]}. */
  public LayerPrefix beside(LayerPrefix other) {
    Optional<Tensor> both =
        mask.isEmpty() && other.mask.isEmpty()
            ? Optional.empty()
            : Optional.of(Tensors.cat(1, maskOrZeros(), other.maskOrZeros()));
    return new LayerPrefix(
        Tensors.cat(2, key, other.key), Tensors.cat(2, value, other.value), both);
  }

  /** {@link #mask}; zeros where there is none. */
  public Tensor maskOrZeros() {
    return mask.orElseGet(() -> torch.zeros_like(key.detach().select(1, 0).select(2, 0)));
  }

  /** P. */
  public long length() {
    return key.size(2);
  }
}
