package org.ptuning4j.backbone.encoder;

import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.LayerPrefix;
import org.ptuning4j.backbone.layer.Activation;
import org.ptuning4j.backbone.layer.LayerNorm;
import org.ptuning4j.backbone.layer.Linear;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/**
 * One post-norm encoder layer: attention over [prefix ; text], then the feed-forward network, each
 * with dropout, residual and LayerNorm after it. Queries come from the text only (P-Tuning v2,
 * section 3.2).
 *
 * @param heads A
 * @param queryKeyValue the three projections fused, {@code [3H, H]}
 * @param attentionOutput {@code [H, H]}
 * @param attentionNorm after attention
 * @param intermediate {@code [I, H]}
 * @param output {@code [H, I]}
 * @param outputNorm after the feed-forward network
 * @param activation between the two
 */
record EncoderLayer(
    int heads,
    Linear queryKeyValue,
    Linear attentionOutput,
    LayerNorm attentionNorm,
    Linear intermediate,
    Linear output,
    LayerNorm outputNorm,
    Activation activation) {

  /**
   * The layer's output.
   *
   * @param x the layer's input, {@code [B, n, H]}
   * @param mask added to the scores, {@code [B, 1, 1, P+n]}; empty if nothing is masked
   * @param prefix this layer's prefix
   * @param read the columns of {@code x} whose output is wanted, {@code [B, m, H]}: {@code x}
   *     itself or fewer. Their queries meet all keys, and the rest is not computed
   * @return {@code [B, m, H]}
   */
  Tensor forward(
      Engine engine,
      Tensor x,
      Tensor read,
      Optional<Tensor> mask,
      Optional<LayerPrefix> prefix,
      ForwardOptions options) {
    Tensor context = Scope.keep(() -> attend(engine, x, read, mask, prefix, options)); // [B, m, H]
    Tensor attended =
        Scope.keep(
            () ->
                attentionNorm.apply(
                    dropped(attentionOutput.apply(engine, context), options).add(read)));
    Tensor transformed =
        Scope.keep(
            () -> {
              Tensor expanded =
                  Scope.keep(() -> activation.apply(intermediate.apply(engine, attended)));
              return dropped(output.apply(engine, expanded), options);
            }); // [B, m, H]
    return outputNorm.apply(transformed.add(attended));
  }

  /** Attention of the read positions over [prefix ; text], the heads merged: {@code [B, m, H]}. */
  private Tensor attend(
      Engine engine,
      Tensor x,
      Tensor read,
      Optional<Tensor> mask,
      Optional<LayerPrefix> prefix,
      ForwardOptions options) {
    long hidden = x.size(2);
    List<Tensor> projected =
        Scope.keepAll(
            () -> read.size(1) < x.size(1) ? separate(engine, x, read) : fused(engine, x));
    Tensor key = projected.get(1);
    Tensor value = projected.get(2);
    if (prefix.isPresent()) {
      key = Tensors.cat(2, prefix.get().key(), key); // [B, A, P+n, d]
      value = Tensors.cat(2, prefix.get().value(), value);
    }
    double scale = 1 / Math.sqrt(hidden / (double) heads);
    Tensor context =
        engine.attention(
            projected.get(0), key, value, mask, scale, options.dropout(), options.attentionRate());
    return context.transpose(1, 2).reshape(x.size(0), -1, hidden); // [B, m, H]
  }

  /** Query, key and value from one product: {@code [B, A, n, d]} each. */
  private List<Tensor> fused(Engine engine, Tensor x) {
    Tensor all = split(queryKeyValue.apply(engine, x), 3); // [3, B, A, n, d]
    return List.of(all.select(0, 0), all.select(0, 1), all.select(0, 2));
  }

  /** The same where fewer positions are read, {@code [B, m, H]}, than attended to. */
  private List<Tensor> separate(Engine engine, Tensor x, Tensor read) {
    long hidden = x.size(2);
    Tensor query = split(queryKeyValue.apply(engine, read, 0, hidden), 1); // [1, B, A, m, d]
    Tensor keyValue =
        split(queryKeyValue.apply(engine, x, hidden, 2 * hidden), 2); // [2, B, A, n, d]
    return List.of(query.select(0, 0), keyValue.select(0, 0), keyValue.select(0, 1));
  }

  /** {@code [B, n, parts·H] → [parts, B, A, n, d]}. */
  private Tensor split(Tensor fused, long parts) {
    return fused.view(fused.size(0), fused.size(1), parts, heads, -1).permute(2, 0, 3, 1, 4);
  }

  private static Tensor dropped(Tensor x, ForwardOptions options) {
    return options.dropout().apply(x, options.hiddenRate());
  }
}
