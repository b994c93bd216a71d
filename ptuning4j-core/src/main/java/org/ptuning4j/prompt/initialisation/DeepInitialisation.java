package org.ptuning4j.prompt.initialisation;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.Direction;
import org.ptuning4j.prompt.PromptContext;
import org.ptuning4j.prompt.form.PrefixSoftmax;
import org.ptuning4j.settings.InvalidSettingException;
import org.ptuning4j.tensor.Tensors;

/**
 * How keys and values in layers start: drawn at random, or those that the frozen model itself
 * computes for a text. PEFT's published comparison of prefix tuning (Llama-3.2-3B, GSM8K) has 0.186
 * from N(0, 1), 0.358 from zero and 0.416 from the keys and values of 50 tokens of text.
 *
 * @param text {@code auto} ({@code model-normal} for encoders; {@code normal} for decoders, where
 *     wide random starts do badly in PEFT's comparison, and for what makes keys and values), {@code
 *     normal} (N(0, 0.02²), as P-Tuning v2 has it), {@code unit-normal} (N(0, 1), as PEFT has it),
 *     {@code zero}, {@code model-normal} (N(0, σ²), with σ of each layer's keys and of its values
 *     for training rows), {@code labels} (the words of the task's labels), {@code examples} (a
 *     training row of each label, with its label), or {@code text:…} (a text)
 */
public record DeepInitialisation(String text) {

  /** The forms, in words. */
  public static final String FORMS =
      "one of auto, normal, unit-normal, zero, model-normal, " + StartText.FORMS;

  private static final String AUTO = "auto";
  private static final String MODEL_NORMAL = "model-normal";

  /** Training rows of which σ is taken: some hundred tokens tell it to a few per cent. */
  private static final int ROWS = 16;

  /** Checks the form. */
  public DeepInitialisation {
    boolean known = drawn(text).isPresent() || List.of(AUTO, MODEL_NORMAL).contains(text);
    if (!known && StartText.parse(text).isEmpty()) {
      throw new InvalidSettingException("init", "'" + text + "' is not " + FORMS);
    }
  }

  /** Reads a setting; {@code text:@FILE} becomes the text of the file. */
  public static DeepInitialisation parse(String setting) {
    return new DeepInitialisation(StartText.withFileRead(setting));
  }

  /** Drawn at random, all with one deviation. */
  public static DeepInitialisation of(NormalInitialisation drawn) {
    return new DeepInitialisation(drawn.label());
  }

  /** What has done best, by the model's direction. */
  public static DeepInitialisation auto() {
    return new DeepInitialisation(AUTO);
  }

  /** The keys and values of a text. */
  public static DeepInitialisation text(String words) {
    return new DeepInitialisation(StartText.of(words).written());
  }

  private static Optional<Double> drawn(String text) {
    return Arrays.stream(NormalInitialisation.values())
        .filter(each -> each.label().equals(text))
        .map(NormalInitialisation::deviation)
        .findFirst();
  }

  /**
   * The standard deviation, for what is not keys and values itself but makes them.
   *
   * @param maker what makes them, for the message
   * @throws InvalidSettingException if they start from what the model computes
   */
  public double deviation(String maker) {
    return drawn(text.equals(AUTO) ? NormalInitialisation.NORMAL.label() : text)
        .orElseThrow(
            () ->
                new InvalidSettingException(
                    "init",
                    "'%s' gives keys and values, and here %s makes them, of which the start is"
                            .formatted(text, maker)
                        + " drawn: normal, unit-normal or zero; p-tuning-v2 without projection can"
                        + " start from keys and values"));
  }

  /**
   * The first values of P virtual tokens. With a softmax of their own only the keys start so, and
   * values at 0: the prompt adds nothing at first.
   *
   * @param layers the k layers that carry them, by index from 0, ascending
   * @return {@code [P, k·2·K·d]}, fp32
   * @throws InvalidInputException if the run's texts do not give what is asked for
   */
  public Tensor matrix(
      int length, List<Integer> layers, PrefixSoftmax softmax, PromptContext context) {
    DeepInitialisation own = text.equals(AUTO) ? chosen(context) : this;
    Tensor all = own.matrix(length, layers, context);
    if (softmax == PrefixSoftmax.SEPARATE) {
      all.view(length, layers.size(), 2, -1).select(2, 1).zero_();
    }
    return all;
  }

  private Tensor matrix(int length, List<Integer> layers, PromptContext context) {
    BackboneSpec spec = context.spec();
    long width = (long) spec.prefixWidth() * layers.size();
    Optional<Double> deviation = drawn(text);
    if (deviation.isPresent() || length == 0) {
      return context.random().gaussian(deviation.orElse(0.0), length, width);
    }
    if (text.equals(MODEL_NORMAL)) {
      Tensor deviations = ofLayers(deviations(context), layers); // [k, 2]
      return context
          .random()
          .gaussian(1, length, 2L * layers.size(), spec.prefixWidth() / 2)
          .mul(deviations.view(1, -1, 1))
          .view(length, width);
    }
    int[] tokens = StartText.parse(text).orElseThrow().framedTokens(length, context);
    Tensor all = context.texts().keysAndValues(tokens); // [P, L·2·K·d]
    return ofLayers(all.view(length, -1, spec.prefixWidth()).transpose(0, 1), layers)
        .transpose(0, 1)
        .reshape(length, width);
  }

  private static DeepInitialisation chosen(PromptContext context) {
    return context.spec().direction() == Direction.CAUSAL || context.texts().rows(1).isEmpty()
        ? of(NormalInitialisation.NORMAL)
        : new DeepInitialisation(MODEL_NORMAL);
  }

  /** The rows of the layers that carry the prompt. */
  private static Tensor ofLayers(Tensor all, List<Integer> layers) {
    long[] indices = layers.stream().mapToLong(Integer::longValue).toArray();
    return all.index_select(0, Tensors.of(indices, indices.length));
  }

  /** The standard deviations of each layer's keys and of its values, {@code [L, 2]}. */
  private static Tensor deviations(PromptContext context) {
    BackboneSpec spec = context.spec();
    List<int[]> rows = context.texts().rows(ROWS);
    if (rows.isEmpty()) {
      throw new InvalidInputException(
          "init: model-normal measures the keys and values of training rows, and here are none");
    }
    Tensor all =
        Tensors.cat(
            0,
            rows.stream()
                .map(context.texts()::keysAndValues)
                .toArray(Tensor[]::new)); // [N, L·2·K·d]
    Tensor apart = all.view(all.size(0), -1, 2, spec.prefixWidth() / 2).permute(1, 2, 0, 3);
    return torch.std(apart.reshape(apart.size(0), 2, -1), 2);
  }
}
