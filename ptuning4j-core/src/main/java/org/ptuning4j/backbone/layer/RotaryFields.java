package org.ptuning4j.backbone.layer;

import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.ModelConfig;

/**
 * What {@code config.json} says of rotary positions: {@code rope_parameters}, as newer files have
 * it, or {@code rope_theta} and {@code rope_scaling}, as older ones do.
 *
 * @param rotary how queries and keys are turned
 * @param maxPositions how many positions the model is made for, as the scaling leaves it
 */
public record RotaryFields(Rotary rotary, int maxPositions) {

  private static final double BASE = 10_000;
  private static final String TYPES = "default, linear, dynamic, llama3, yarn";

  /**
   * Reads the fields of a model that turns positions in the same way in all layers.
   *
   * @param headSize d
   * @param pretrained {@code max_position_embeddings}
   * @throws org.ptuning4j.InvalidInputException if a field is unusable, or asks for what is not
   *     computed
   */
  public static RotaryFields read(ModelConfig config, int headSize, int pretrained) {
    boolean newer = config.has("rope_parameters");
    ModelConfig fields = config.within(newer ? "rope_parameters" : "rope_scaling");
    ModelConfig withBase = newer && fields.has("rope_theta") ? fields : config;
    double base = positive(withBase, "rope_theta", BASE);
    requireWhole(config);
    return within(fields, base, headSize, pretrained);
  }

  /**
   * Reads one object of such fields.
   *
   * @param fields {@code rope_parameters}, {@code rope_scaling}, or what the former has for one
   *     kind of layers
   * @param base θ
   * @param headSize d
   * @param pretrained {@code max_position_embeddings}
   * @throws org.ptuning4j.InvalidInputException if a field is unusable, or asks for what is not
   *     computed
   */
  public static RotaryFields within(ModelConfig fields, double base, int headSize, int pretrained) {
    requireWhole(fields);
    String type = fields.text("rope_type").or(() -> fields.text("type")).orElse("default");
    return switch (type) {
      case "default" -> of(base, headSize, RotaryScaling.none(), pretrained);
      case "linear" -> {
        double factor = factor(fields);
        yield of(base, headSize, new RotaryScaling.Linear(factor), times(pretrained, factor));
      }
      case "dynamic" -> {
        int original = fields.sizeOr("original_max_position_embeddings", pretrained);
        yield of(
            base,
            headSize,
            new RotaryScaling.Dynamic(factor(fields), original),
            BackboneSpec.UNLIMITED);
      }
      case "llama3" -> llama3(fields, base, headSize, pretrained);
      case "yarn" -> yarn(fields, base, headSize, pretrained);
      default ->
          throw fields.unsupported(fields.has("rope_type") ? "rope_type" : "type", type, TYPES);
    };
  }

  private static void requireWhole(ModelConfig fields) {
    double part = fields.numberOr("partial_rotary_factor", 1);
    if (part != 1) {
      throw fields.unsupported("partial_rotary_factor", part, "1");
    }
  }

  private static RotaryFields of(
      double base, int headSize, RotaryScaling scaling, int maxPositions) {
    return new RotaryFields(new Rotary(base, headSize, scaling), maxPositions);
  }

  private static RotaryFields llama3(
      ModelConfig fields, double base, int headSize, int pretrained) {
    double low = positive(fields, "low_freq_factor", Double.NaN);
    double high = positive(fields, "high_freq_factor", Double.NaN);
    if (high <= low) {
      throw fields.fault("high_freq_factor", "is " + high + ", not above low_freq_factor " + low);
    }
    int original = fields.size("original_max_position_embeddings");
    return of(
        base,
        headSize,
        new RotaryScaling.Llama3(factor(fields), low, high, original),
        Math.max(pretrained, times(original, factor(fields))));
  }

  private static RotaryFields yarn(ModelConfig fields, double base, int headSize, int pretrained) {
    int original =
        fields.has("original_max_position_embeddings")
            ? fields.size("original_max_position_embeddings")
            : pretrained;
    double factor =
        fields.has("factor") ? factor(fields) : Math.max(1, (double) pretrained / original);
    double weight = fields.numberOr("mscale", 0);
    double weightOfAll = fields.numberOr("mscale_all_dim", 0);
    double recommended =
        weight != 0 && weightOfAll != 0
            ? RotaryScaling.Yarn.amplitudeOf(factor, weight)
                / RotaryScaling.Yarn.amplitudeOf(factor, weightOfAll)
            : RotaryScaling.Yarn.amplitudeOf(factor, 1);
    RotaryScaling scaling =
        new RotaryScaling.Yarn(
            factor,
            original,
            positive(fields, "beta_fast", 32),
            positive(fields, "beta_slow", 1),
            positive(fields, "attention_factor", recommended),
            fields.flagOr("truncate", true));
    return of(base, headSize, scaling, Math.max(pretrained, times(original, factor)));
  }

  private static int times(int positions, double factor) {
    return (int) Math.min(Integer.MAX_VALUE, Math.floor(positions * factor));
  }

  private static double factor(ModelConfig fields) {
    double factor = fields.numberOr("factor", Double.NaN);
    if (!(factor >= 1) || Double.isInfinite(factor)) {
      throw fields.unsupported(
          "factor", Double.isNaN(factor) ? "missing" : factor, "a number of 1 or more");
    }
    return factor;
  }

  /** A number above 0, or the default where it is missing. */
  public static double positive(ModelConfig fields, String field, double byDefault) {
    double value = fields.numberOr(field, byDefault);
    if (!(value > 0) || Double.isInfinite(value)) {
      throw fields.unsupported(field, Double.isNaN(value) ? "missing" : value, "a number above 0");
    }
    return value;
  }
}
