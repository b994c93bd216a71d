package org.ptuning4j.backbone.layer;

import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.backbone.KeysAndValues;
import org.ptuning4j.backbone.LayerPrefix;
import org.ptuning4j.backbone.layer.norm.Norm;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;

/**
 * Attention of a decoder's states over [prefix ; source] (Vaswani et al., arXiv 1706.03762, section
 * 3.2.3), with a norm before and a residual. All queries see the whole source.
 *
 * @param norm of the states before they ask
 * @param sizes A, K = A and d
 * @param query {@code [A·d, H]}
 * @param keyValue keys above values, {@code [2·A·d, H]}
 * @param output {@code [H, A·d]}
 * @param scale what the products of queries and keys are multiplied by
 */
public record SourceAttention(
    Norm norm, HeadSizes sizes, Linear query, Linear keyValue, Linear output, double scale) {

  /** Checks that each head has keys and values of its own. */
  public SourceAttention {
    if (sizes.heads() != sizes.keyValueHeads()) {
      throw new IllegalArgumentException("heads that share keys and values: " + sizes);
    }
  }

  /**
   * The states with what they found in the source.
   *
   * @param x {@code [B, m, H]}
   * @return {@code [B, m, H]}; and where the pass keeps keys and values, those that it keeps
   */
  List<Tensor> apply(Pass pass, Tensor x, SourceColumns source) {
    List<Tensor> attended = Scope.keepAll(() -> attend(pass, norm.apply(x), source));
    Tensor given =
        Scope.keep(
            () ->
                pass.dropout(
                        DropoutPlace.ATTENTION_OUTPUT, output.apply(pass.engine(), attended.get(0)))
                    .add(x));
    return attended.size() == 1 ? List.of(given) : List.of(given, attended.get(1), attended.get(2));
  }

  /** The heads' contexts merged, {@code [B, m, A·d]}, and perhaps keys and values. */
  private List<Tensor> attend(Pass pass, Tensor x, SourceColumns source) {
    Tensor asked = heads(query.apply(pass.engine(), x)); // [B, A, m, d]
    Optional<Tensor> both =
        source.states().map(states -> keyValue.apply(pass.engine(), states)); // [B, n, 2·A·d]
    Optional<Tensor> ownKey = both.map(each -> heads(each.narrow(2, 0, sizes.keyWidth())));
    Optional<Tensor> ownValue =
        both.map(each -> heads(each.narrow(2, sizes.keyWidth(), sizes.keyWidth())));
    Optional<LayerPrefix> prefix = SeparateSoftmax.joint(source.prefix());
    Tensor key = joined(prefix.map(LayerPrefix::key), ownKey); // [B, A, P+n, d]
    Tensor value = joined(prefix.map(LayerPrefix::value), ownValue);
    Tensor joint =
        pass.engine()
            .attention(
                asked,
                key,
                value,
                mask(source, prefix),
                scale,
                pass.options().dropout(),
                pass.attentionRate()); // [B, A, m, d]
    Tensor context = SeparateSoftmax.added(pass, asked, joint, source.prefix(), scale);
    Tensor merged = context.transpose(1, 2).reshape(x.size(0), -1, sizes.queryWidth());
    return pass.options().keysAndValues() == KeysAndValues.NONE
        ? List.of(merged)
        : kept(pass.options().keysAndValues(), merged, key, value, ownKey, ownValue);
  }

  private static List<Tensor> kept(
      KeysAndValues wanted,
      Tensor merged,
      Tensor key,
      Tensor value,
      Optional<Tensor> ownKey,
      Optional<Tensor> ownValue) {
    return wanted == KeysAndValues.TEXT
        ? List.of(merged, ownKey.orElse(key), ownValue.orElse(value))
        : List.of(merged, key, value);
  }

  /** {@code [B, 1, 1, P+n]}: 0 or −∞; empty where nothing is masked. */
  private static Optional<Tensor> mask(SourceColumns source, Optional<LayerPrefix> joint) {
    Optional<Tensor> before = joint.flatMap(LayerPrefix::mask);
    if (before.isEmpty() && source.padding().isEmpty()) {
      return Optional.empty();
    }
    Optional<Tensor> prefix = joint.map(LayerPrefix::maskOrZeros);
    Optional<Tensor> text =
        source
            .states()
            .map(
                states ->
                    source
                        .padding()
                        .orElseGet(() -> torch.zeros_like(states.detach().select(2, 0))));
    Tensor all =
        prefix.isPresent() && text.isPresent()
            ? Tensors.cat(1, prefix.get(), text.get())
            : prefix.or(() -> text).orElseThrow();
    return Optional.of(all.unsqueeze(1).unsqueeze(1));
  }

  private static Tensor joined(Optional<Tensor> before, Optional<Tensor> own) {
    return before.isPresent() && own.isPresent()
        ? Tensors.cat(2, before.get(), own.get())
        : before.or(() -> own).orElseThrow();
  }

  /** {@code [B, n, A·d] → [B, A, n, d]}, a view. */
  private Tensor heads(Tensor projected) {
    return projected.unflatten(2, sizes.heads(), sizes.size()).transpose(1, 2);
  }
}
