package org.ptuning4j.backbone.layer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.LayerPrefix;
import org.ptuning4j.backbone.ReadColumns;
import org.ptuning4j.backbone.layer.norm.Norm;
import org.ptuning4j.backbone.layer.norm.OutputNorms;
import org.ptuning4j.tensor.Scope;

/**
 * Attention, then a feed-forward network, each with dropout and residual; perhaps attention to a
 * source between them; perhaps a convolution beside both.
 *
 * @param placement where the norms are
 * @param attention the one part
 * @param attentionNorm its norm; empty for none, as before ModernBERT's first attention
 * @param feedForward the other part
 * @param feedForwardNorm its norm
 * @param outputNorms further norms, of what both parts give; empty for none
 * @param convolution of the layer's input, added to its output; empty for none
 * @param source attention to a source after that to the text; empty for none
 */
public record TransformerLayer(
    Placement placement,
    Attention attention,
    Optional<Norm> attentionNorm,
    FeedForward feedForward,
    Norm feedForwardNorm,
    Optional<OutputNorms> outputNorms,
    Optional<Convolution> convolution,
    Optional<SourceAttention> source) {

  /** A layer without further norms and without a convolution. */
  public TransformerLayer(
      Placement placement,
      Attention attention,
      Optional<Norm> attentionNorm,
      FeedForward feedForward,
      Norm feedForwardNorm) {
    this(
        placement,
        attention,
        attentionNorm,
        feedForward,
        feedForwardNorm,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** The same with norms of what both parts give. */
  public TransformerLayer with(OutputNorms norms) {
    return new TransformerLayer(
        placement,
        attention,
        attentionNorm,
        feedForward,
        feedForwardNorm,
        Optional.of(norms),
        convolution,
        source);
  }

  /** The same with a convolution beside it. */
  public TransformerLayer with(Convolution beside) {
    return new TransformerLayer(
        placement,
        attention,
        attentionNorm,
        feedForward,
        feedForwardNorm,
        outputNorms,
        Optional.of(beside),
        source);
  }

  /** The same with attention to a source. */
  public TransformerLayer with(SourceAttention toSource) {
    return new TransformerLayer(
        placement,
        attention,
        attentionNorm,
        feedForward,
        feedForwardNorm,
        outputNorms,
        convolution,
        Optional.of(toSource));
  }

  /**
   * The layer's output.
   *
   * @param x the layer's input, {@code [B, n, H]}
   * @param read the columns of {@code x} whose output is wanted. Their queries meet all keys, and
   *     the rest is not computed
   * @param prefix this layer's prefix
   * @return the states, {@code [B, m, H]}; and where the pass keeps keys and values, those that it
   *     keeps, {@code [B, K, n, d]} or {@code [B, K, P+n, d]} each
   */
  public List<Tensor> forward(Pass pass, Tensor x, ReadColumns read, Optional<LayerPrefix> prefix) {
    return forward(pass, x, read, prefix, Optional.empty());
  }

  /**
   * The same in a decoder that reads a source.
   *
   * @param columns what it attends to of the source; there where the layer has attention to it
   * @return the states, {@code [B, m, H]}; and where the pass keeps keys and values, those of the
   *     text and then those of the source
   */
  public List<Tensor> forward(
      Pass pass,
      Tensor x,
      ReadColumns read,
      Optional<LayerPrefix> prefix,
      Optional<SourceColumns> columns) {
    List<Tensor> given = new ArrayList<>();
    List<Tensor> attended = Scope.keepAll(() -> attend(pass, x, read, prefix)); // [B, m, H]
    given.addAll(attended.subList(1, attended.size()));
    List<Tensor> informed =
        source
            .map(part -> part.apply(pass, attended.get(0), columns.orElseThrow()))
            .orElse(attended.subList(0, 1));
    given.addAll(informed.subList(1, informed.size()));
    Tensor output =
        Scope.keep(
            () -> {
              Tensor transformed = transform(pass, informed.get(0));
              return convolution
                  .map(each -> each.apply(pass, x, transformed, read))
                  .orElse(transformed);
            });
    given.add(0, output);
    return given;
  }

  private List<Tensor> attend(Pass pass, Tensor x, ReadColumns read, Optional<LayerPrefix> prefix) {
    Tensor input = placement == Placement.PRE_NORM ? normed(x) : x;
    List<Tensor> given = attention.apply(pass, input, read, prefix);
    Tensor residual = Columns.of(pass.engine(), x, read);
    Tensor output =
        outputNorms.map(norms -> norms.attention().apply(given.get(0))).orElse(given.get(0));
    Tensor sum = pass.dropout(DropoutPlace.ATTENTION_OUTPUT, output).add(residual);
    Tensor states = placement == Placement.POST_NORM ? normed(sum) : sum;
    return given.size() == 1 ? List.of(states) : List.of(states, given.get(1), given.get(2));
  }

  private Tensor normed(Tensor x) {
    return attentionNorm.map(norm -> norm.apply(x)).orElse(x);
  }

  private Tensor transform(Pass pass, Tensor attended) {
    boolean before = placement == Placement.PRE_NORM;
    Tensor given =
        Scope.keep(
            () -> {
              Tensor input = before ? feedForwardNorm.apply(attended) : attended;
              Tensor output = feedForward.apply(pass, input);
              return pass.dropout(
                  DropoutPlace.FEED_FORWARD_OUTPUT,
                  outputNorms.map(norms -> norms.feedForward().apply(output)).orElse(output));
            });
    Tensor sum = given.add(attended);
    return before ? sum : feedForwardNorm.apply(sum);
  }
}
