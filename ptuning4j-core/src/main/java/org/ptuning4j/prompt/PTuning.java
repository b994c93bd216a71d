package org.ptuning4j.prompt;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneSpec;

/**
 * P-tuning (Liu et al., <i>GPT Understands, Too</i>, arXiv 2103.10385): P soft tokens anywhere in a
 * template, whose vectors come from a prompt encoder. The encoder is trained and then thrown away:
 * only the P vectors are kept (section 3.3).
 *
 * <p>Trained values, with w the width inside ({@link #width}): the embedding {@code P·E}, and
 *
 * <ul>
 *   <li>{@code lstm}, {@code peft-lstm}: {@code 8w(E + w + 2) + 8w(2w + w + 2)} for the two
 *       bidirectional layers, {@code (2w+1)·2w + (2w+1)·E} for what follows; w is E/2 in {@code
 *       lstm};
 *   <li>{@code mlp}: {@code 2·(E+1)·E};
 *   <li>{@code peft-mlp}: {@code (E+1)·w + (w+1)·w + (w+1)·E};
 *   <li>{@code none}: nothing.
 * </ul>
 *
 * @param length P, the number of soft tokens
 * @param encoder what produces their vectors
 * @param hidden the width inside PEFT's encoders, for the LSTM that of each direction; empty for E.
 *     The paper's own encoders have no such choice
 * @param trainsBackbone whether the backbone is trained together with the prompt, as in the paper's
 *     SuperGLUE experiments; in its knowledge probing the backbone is frozen
 */
public record PTuning(int length, Encoder encoder, Optional<Integer> hidden, boolean trainsBackbone)
    implements PromptMethod {

  /** What produces the vectors. */
  public enum Encoder {
    /** Two bidirectional LSTM layers of width E/2 per direction, Linear, ReLU, Linear: v1's own. */
    LSTM,
    /** Linear, ReLU, Linear, all of width E: v1 with its LSTM off. */
    MLP,
    /** The same as {@link #LSTM} with a width of one's choice inside, as PEFT has it. */
    PEFT_LSTM,
    /** Linear, ReLU, Linear, ReLU, Linear, as PEFT has it. */
    PEFT_MLP,
    /** The vectors are trained as they are. */
    NONE;

    /** Whether its width is a setting. */
    boolean hasWidth() {
      return this == PEFT_LSTM || this == PEFT_MLP;
    }

    /** As it is written in files and on the command line. */
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Reads what {@link #label} writes. */
    public static Encoder parse(String text) {
      return Arrays.stream(values())
          .filter(encoder -> encoder.label().equals(text))
          .findFirst()
          .orElseThrow(
              () ->
                  InvalidInputException.of(
                      "encoder: '%s' is not one of %s",
                      text,
                      Arrays.stream(values())
                          .map(Encoder::label)
                          .collect(Collectors.joining(", "))));
    }
  }

  /** The method's name. */
  public static final String NAME = "p-tuning";

  /** The settings that {@link #of(MethodSettings)} reads. */
  static final Set<String> SETTINGS =
      Set.of(
          MethodSettings.LENGTH,
          MethodSettings.ENCODER,
          MethodSettings.HIDDEN,
          MethodSettings.JOINT);

  /** Checks the ranges. */
  public PTuning {
    if (length < 1) {
      throw InvalidInputException.of("prompt-length: %d must be 1 or more", length);
    }
    if (hidden.isPresent() && !encoder.hasWidth()) {
      throw InvalidInputException.of(
          "encoder-hidden: %d has no meaning for encoder %s, whose width is the word embeddings';"
              + " peft-lstm and peft-mlp have it",
          hidden.get(), encoder.label());
    }
    if (hidden.isPresent() && hidden.get() < 1) {
      throw InvalidInputException.of("encoder-hidden: %d must be 1 or more", hidden.get());
    }
  }

  /** The paper's encoder over a frozen backbone. */
  public static PTuning ofLength(int length) {
    return new PTuning(length, Encoder.LSTM, Optional.empty(), false);
  }

  /** Reads what is set; the rest: the paper's encoder over a frozen backbone. */
  static PTuning of(MethodSettings settings) {
    return new PTuning(
        settings.length(),
        settings.text(MethodSettings.ENCODER).map(Encoder::parse).orElse(Encoder.LSTM),
        settings.integer(MethodSettings.HIDDEN),
        settings.flag(MethodSettings.JOINT).orElse(false));
  }

  @Override
  public String name() {
    return NAME;
  }

  /**
   * The width inside the encoder; for the LSTMs that of each direction.
   *
   * @throws InvalidInputException if it is half of an odd number
   */
  public int width(BackboneSpec spec) {
    int embedding = spec.embeddingWidth();
    if (encoder != Encoder.LSTM) {
      return hidden.orElse(embedding);
    }
    if (embedding % 2 != 0) {
      throw InvalidInputException.of(
          "encoder: lstm needs word embeddings of even width, half for each direction; this"
              + " backbone's have %d, peft-lstm takes any",
          embedding);
    }
    return embedding / 2;
  }

  @Override
  public long parameterCount(BackboneSpec spec) {
    long e = spec.embeddingWidth();
    long w = width(spec);
    long encoderCount =
        switch (encoder) {
          case LSTM, PEFT_LSTM ->
              8 * w * (e + w + 2) + 8 * w * (3 * w + 2) + (2 * w + 1) * 2 * w + (2 * w + 1) * e;
          case MLP -> 2 * (e + 1) * e;
          case PEFT_MLP -> (e + 1) * w + (w + 1) * w + (w + 1) * e;
          case NONE -> 0;
        };
    return length * e + encoderCount;
  }

  @Override
  public PromptModule create(PromptContext context) {
    return PromptEncoder.initialised(this, context);
  }

  @Override
  public boolean prefersTemplate() {
    return true;
  }

  @Override
  public int inputTokens() {
    return length;
  }

  @Override
  public LearningRates learningRates() {
    return trainsBackbone
        ? new LearningRates(5e-6, 1e-5, 1e-4)
        : new LearningRates(1e-5, 1e-3, 1e-2);
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("prompt_length", length);
    settings.put("encoder", encoder.label());
    settings.put("hidden", hidden.orElse(null));
    settings.put("joint", trainsBackbone);
    return settings;
  }
}
