package org.ptuning4j.backbone.deberta;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.deberta.DebertaConfig.ConvolutionShape;
import org.ptuning4j.backbone.layer.Activation;
import org.ptuning4j.backbone.layer.DistanceBuckets;
import org.ptuning4j.backbone.layer.HeadSizes;
import org.ptuning4j.backbone.transformer.PositionIds;
import org.ptuning4j.backbone.transformer.Positions;

/** Reads {@code config.json} of a DeBERTa. */
final class DebertaFields {

  private static final int MOST_LAYERS = 10_000;
  private static final String POOLER_ACTIVATION = "pooler_hidden_act";
  private static final String CONTENT_TO_POSITION = "c2p";
  private static final String POSITION_TO_CONTENT = "p2c";

  private final ModelFolder folder;

  DebertaFields(ModelFolder folder) {
    this.folder = folder;
  }

  /** What versions 1, 2 and 3 have in common. */
  DebertaConfig read(RelativePositions relative, Optional<ConvolutionShape> convolution) {
    boolean absolute = folder.flagOr("position_biased_input", true);
    int hidden = folder.size("hidden_size");
    int width = folder.sizeOr("embedding_size", hidden);
    if (width == 0) {
      throw unsupported("embedding_size", 0, "a positive whole number");
    }
    return new DebertaConfig(
        folder.modelType(),
        layers(),
        hidden,
        sizes(),
        folder.size("intermediate_size"),
        width,
        folder.size("vocab_size"),
        folder.sizeOr("type_vocab_size", 0),
        new Positions(
            PositionIds.FROM_ZERO,
            absolute ? folder.size("max_position_embeddings") : BackboneSpec.UNLIMITED,
            folder.sizeOr("pad_token_id", 0)),
        absolute,
        relative,
        convolution,
        Activation.of(folder.config(), "hidden_act"),
        folder.config().has(POOLER_ACTIVATION)
            ? Activation.of(folder.config(), POOLER_ACTIVATION)
            : Activation.GELU,
        folder.numberOr("layer_norm_eps", 1e-7),
        rate("hidden_dropout_prob"),
        rate("attention_probs_dropout_prob"),
        LanguageModelSpelling.of(folder),
        folder.flagOr("tie_word_embeddings", true));
  }

  private int layers() {
    int layers = folder.size("num_hidden_layers");
    if (layers > MOST_LAYERS) {
      throw unsupported("num_hidden_layers", layers, "at most " + MOST_LAYERS);
    }
    return layers;
  }

  private HeadSizes sizes() {
    int hidden = folder.size("hidden_size");
    int heads = folder.size("num_attention_heads");
    if (hidden % heads != 0) {
      throw unsupported("num_attention_heads", heads, "a divisor of hidden_size " + hidden);
    }
    if (folder.flagOr("talking_head", false)) {
      throw unsupported("talking_head", true, "false");
    }
    int size = folder.sizeOr("attention_head_size", hidden / heads);
    if (size != hidden / heads) {
      throw unsupported(
          "attention_head_size", size, "hidden_size / num_attention_heads, " + hidden / heads);
    }
    return HeadSizes.of(heads, hidden);
  }

  private double rate(String field) {
    double rate = folder.numberOr(field, 0.1);
    if (!(rate >= 0 && rate < 1)) {
      throw unsupported(field, rate, "a rate in [0, 1)");
    }
    return rate;
  }

  /** Relative positions as version 1 has them. */
  RelativePositions clipped() {
    int span = largestDistance();
    return relative(
        new ClippedDistances(span), span, false, false); // the released code reads no other fields
  }

  /** The same for versions 2 and 3, whose distances may share buckets. */
  RelativePositions bucketed() {
    int largest = largestDistance();
    int buckets = wholeOr("position_buckets", -1);
    boolean normed = normed();
    boolean shared = folder.flagOr("share_att_key", false);
    if (buckets <= 0) {
      return relative(new ClippedDistances(largest), largest, normed, shared);
    }
    if (buckets == 1 || largest - 1 == buckets / 2) {
      throw unsupported(
          "position_buckets",
          buckets,
          "-1 for none, or at least 2 and less than twice max_relative_positions " + largest);
    }
    return relative(new LogBuckets(buckets, largest), buckets, normed, shared);
  }

  private RelativePositions relative(
      DistanceBuckets buckets, int span, boolean normed, boolean shared) {
    Set<String> types = types();
    return new RelativePositions(
        folder.flagOr("relative_attention", false) ? Optional.of(buckets) : Optional.empty(),
        span,
        normed,
        shared,
        types.contains(CONTENT_TO_POSITION),
        types.contains(POSITION_TO_CONTENT));
  }

  private int largestDistance() {
    int given = wholeOr("max_relative_positions", -1);
    return given < 1 ? folder.size("max_position_embeddings") : given;
  }

  /** {@code pos_att_type}: a list, or a text whose parts are separated by bars. */
  private Set<String> types() {
    String field = "pos_att_type";
    List<String> given =
        folder
            .text(field)
            .map(text -> parts(text.toLowerCase(Locale.ROOT)))
            .orElseGet(() -> folder.has(field) ? folder.texts(field) : List.of());
    Set<String> known = Set.of(CONTENT_TO_POSITION, POSITION_TO_CONTENT);
    Set<String> types = new HashSet<>();
    for (String type : given) {
      if (!known.contains(type) || !types.add(type)) {
        throw unsupported(field, given, "each of c2p and p2c at most once");
      }
    }
    return types;
  }

  private static List<String> parts(String text) {
    return Arrays.stream(text.split("\\|", -1))
        .map(String::strip)
        .filter(part -> !part.isEmpty())
        .toList();
  }

  private boolean normed() {
    String field = "norm_rel_ebd";
    List<String> given = parts(folder.text(field).orElse("none").toLowerCase(Locale.ROOT));
    if (!Set.of("none", "layer_norm").containsAll(given)) {
      throw unsupported(field, given, "none or layer_norm");
    }
    return given.contains("layer_norm");
  }

  /** The convolution of version 2. */
  Optional<ConvolutionShape> convolution() {
    int kernel = wholeOr("conv_kernel_size", 0);
    if (kernel <= 0) {
      return Optional.empty();
    }
    if (kernel % 2 == 0) {
      throw unsupported("conv_kernel_size", kernel, "an odd number, or 0 for none");
    }
    int groups = folder.sizeOr("conv_groups", 1);
    int hidden = folder.size("hidden_size");
    if (groups == 0 || hidden % groups != 0) {
      throw unsupported("conv_groups", groups, "a divisor of hidden_size " + hidden);
    }
    Activation activation =
        folder.has("conv_act") ? Activation.of(folder.config(), "conv_act") : Activation.TANH;
    return Optional.of(new ConvolutionShape(kernel, groups, activation));
  }

  /** A whole number, which may be negative. */
  private int wholeOr(String field, int byDefault) {
    double value = folder.numberOr(field, byDefault);
    if (value != (int) value) {
      throw unsupported(field, value, "a whole number");
    }
    return (int) value;
  }

  private InvalidInputException unsupported(String field, Object value, String supported) {
    return InvalidInputException.of(
        "%s: %s %s is not supported; supported is %s",
        folder.configFile(), field, value, supported);
  }
}
