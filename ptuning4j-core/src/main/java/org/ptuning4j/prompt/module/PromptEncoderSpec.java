package org.ptuning4j.prompt.module;

import java.util.List;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.prompt.setting.MethodSettings;
import org.ptuning4j.settings.Setting;
import org.ptuning4j.settings.SettingValues;
import org.ptuning4j.settings.Values;

/**
 * What produces the vectors of P-tuning's soft tokens in training.
 *
 * @param kind the network
 * @param hidden the width inside PEFT's networks, for the LSTM that of each direction; empty for E,
 *     the width of the word embeddings. The paper's own networks have no such choice
 * @param layers the bidirectional layers of the LSTMs, 1 to 4; 2 in the paper
 * @param dropout the dropout rate between the LSTMs' layers in training; 0 in the paper
 */
public record PromptEncoderSpec(
    PromptEncoderKind kind, Optional<Integer> hidden, int layers, double dropout) {

  /** The layers of the LSTM in the paper and in PEFT. */
  public static final int DEFAULT_LAYERS = 2;

  /** What makes the soft tokens. */
  public static final Setting<PromptEncoderKind> ENCODER =
      Setting.of(
          "encoder",
          Values.choice("NAME", PromptEncoderKind.class, PromptEncoderKind::label),
          PromptEncoderKind.LSTM,
          "What makes the soft tokens in training.");

  /** The width inside PEFT's encoders. */
  public static final Setting<Integer> HIDDEN =
      MethodSettings.HIDDEN.defaultTold(
          "the width of the word embeddings (peft-lstm and peft-mlp only)");

  /** The layers of the LSTM. */
  public static final Setting<Integer> LAYERS =
      Setting.of(
              "encoder-layers",
              Values.between(1, 4),
              DEFAULT_LAYERS,
              "The layers of the encoder's LSTM.")
          .defaultTold(DEFAULT_LAYERS + " (lstm and peft-lstm only)");

  /** The dropout rate between the layers of the LSTM. */
  public static final Setting<Double> DROPOUT =
      Setting.of(
          "encoder-dropout",
          Values.shares(),
          0d,
          "Dropout between the layers of the encoder's LSTM.");

  /** The settings above. */
  public static final List<Setting<?>> SETTINGS = List.of(ENCODER, HIDDEN, LAYERS, DROPOUT);

  /** Checks the ranges, and that the network has what is set. */
  public PromptEncoderSpec {
    if (hidden.isPresent() && !kind.hasWidth()) {
      throw InvalidInputException.of(
          "encoder-hidden: %d has no meaning for encoder %s, whose width is the word embeddings';"
              + " peft-lstm and peft-mlp have it",
          hidden.get(), kind.label());
    }
    HIDDEN.require(hidden);
    LAYERS.require(layers);
    if (layers != DEFAULT_LAYERS && !kind.hasLstm()) {
      throw InvalidInputException.of(
          "encoder-layers: %d has no meaning for encoder %s, which has no LSTM; lstm and peft-lstm"
              + " have it",
          layers, kind.label());
    }
    DROPOUT.require(dropout);
    if (dropout > 0 && (!kind.hasLstm() || layers == 1)) {
      throw InvalidInputException.of(
          "encoder-dropout: %s has no meaning for encoder %s with encoder-layers %d: it is between"
              + " the layers of an LSTM",
          dropout, kind.label(), layers);
    }
  }

  /** A network whose LSTM, if it has one, is as in the paper. */
  public static PromptEncoderSpec of(PromptEncoderKind kind, Optional<Integer> hidden) {
    return new PromptEncoderSpec(kind, hidden, DEFAULT_LAYERS, 0);
  }

  /** What the values of the settings say. */
  public static PromptEncoderSpec of(SettingValues values) {
    return new PromptEncoderSpec(
        values.get(ENCODER), values.find(HIDDEN), values.get(LAYERS), values.get(DROPOUT));
  }

  /** Values with those of these settings. */
  public SettingValues addTo(SettingValues values) {
    return values
        .with(ENCODER, kind)
        .with(HIDDEN, hidden)
        .with(LAYERS, layers)
        .with(DROPOUT, dropout);
  }

  /**
   * w, the width inside; for the LSTMs that of each direction.
   *
   * @throws InvalidInputException if it is half of an odd number
   */
  public int width(BackboneSpec spec) {
    int embedding = spec.embeddingWidth();
    if (kind != PromptEncoderKind.LSTM) {
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

  /**
   * The number of trained values but for the embedding {@code [P, E]}. With w the width inside:
   *
   * <ul>
   *   <li>{@code lstm}, {@code peft-lstm}: {@code 8w(E + w + 2)} for the first bidirectional layer,
   *       {@code 8w(2w + w + 2)} for each further one, {@code (2w+1)·2w + (2w+1)·E} for what
   *       follows; w is E/2 in {@code lstm};
   *   <li>{@code mlp}: {@code 2·(E+1)·E};
   *   <li>{@code peft-mlp}: {@code (E+1)·w + (w+1)·w + (w+1)·E};
   *   <li>{@code none}: nothing.
   * </ul>
   */
  public long parameterCount(BackboneSpec spec) {
    long e = spec.embeddingWidth();
    long w = width(spec);
    return switch (kind) {
      case LSTM, PEFT_LSTM ->
          8 * w * (e + w + 2)
              + (layers - 1L) * 8 * w * (3 * w + 2)
              + (2 * w + 1) * 2 * w
              + (2 * w + 1) * e;
      case MLP -> 2 * (e + 1) * e;
      case PEFT_MLP -> (e + 1) * w + (w + 1) * w + (w + 1) * e;
      case NONE -> 0;
    };
  }
}
