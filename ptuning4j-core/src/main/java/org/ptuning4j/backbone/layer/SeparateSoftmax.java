package org.ptuning4j.backbone.layer;

import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.LayerPrefix;
import org.ptuning4j.tensor.Scope;

/**
 * What a prefix gives that is attended to with a softmax of its own:
 *
 * <pre>softmax(q·[K]ᵀ)·V + softmax(q·P_kᵀ)·P_v</pre>
 *
 * <p>where with one softmax it would be {@code softmax(q·[P_k ; K]ᵀ)·[P_v ; V]}, in which a prefix
 * gains what the text loses. This is the attention of LLaMA-Adapter (Zhang et al., arXiv
 * 2303.16199, section 3.2) without its gate: values that start at zero do what the gate is for.
 */
final class SeparateSoftmax {

  private SeparateSoftmax() {}

  /**
   * What the prefix gives to each query.
   *
   * @param query {@code [B, K, m, d]}
   * @param prefix {@code [B, K, P, d]}
   * @return {@code [B, K, m, d]}
   */
  static Tensor of(Pass pass, Tensor query, LayerPrefix prefix, double scale) {
    Optional<Tensor> mask = prefix.mask().map(each -> each.unsqueeze(1).unsqueeze(1));
    return pass.engine()
        .attention(
            query,
            prefix.key(),
            prefix.value(),
            mask, // [B, 1, 1, P]
            scale,
            pass.options().dropout(),
            pass.attentionRate());
  }

  /** A context with what a prefix gives besides; the context itself where it gives nothing. */
  static Tensor added(
      Pass pass, Tensor query, Tensor context, Optional<LayerPrefix> prefix, double scale) {
    return prefix
        .flatMap(LayerPrefix::separate)
        .filter(own -> own.length() > 0)
        .map(own -> Scope.keep(() -> context.add(of(pass, query, own, scale))))
        .orElse(context);
  }

  /** The columns of a prefix that share the text's softmax; empty where there are none. */
  static Optional<LayerPrefix> joint(Optional<LayerPrefix> prefix) {
    return prefix.filter(each -> each.length() > 0);
  }
}
