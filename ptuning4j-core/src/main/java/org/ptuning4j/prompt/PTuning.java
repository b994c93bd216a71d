package org.ptuning4j.prompt;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.settings.Setting;
import org.ptuning4j.settings.SettingValues;
import org.ptuning4j.settings.Values;

/**
 * P-tuning (Liu et al., <i>GPT Understands, Too</i>, arXiv 2103.10385): P soft tokens anywhere in a
 * template, whose vectors come from a prompt encoder. The encoder is trained and then thrown away:
 * only the P vectors are kept (section 3.3).
 *
 * <p>Trained values, with w the width inside ({@link #width}): the embedding {@code P·E}, and
 *
 * <ul>
 *   <li>{@code lstm}, {@code peft-lstm}: {@code 8w(E + w + 2)} for the first bidirectional layer,
 *       {@code 8w(2w + w + 2)} for each further one, {@code (2w+1)·2w + (2w+1)·E} for what follows;
 *       w is E/2 in {@code lstm};
 *   <li>{@code mlp}: {@code 2·(E+1)·E};
 *   <li>{@code peft-mlp}: {@code (E+1)·w + (w+1)·w + (w+1)·E};
 *   <li>{@code none}: nothing.
 * </ul>
 *
 * @param length P, the number of soft tokens
 * @param encoder what produces their vectors
 * @param hidden the width inside PEFT's encoders, for the LSTM that of each direction; empty for E.
 *     The paper's own encoders have no such choice
 * @param layers the bidirectional layers of the LSTMs, 1 to 4; 2 in the paper
 * @param dropout the dropout rate between the LSTMs' layers in training; 0 in the paper
 * @param trainsBackbone whether the backbone is trained together with the prompt, as in the paper's
 *     SuperGLUE experiments; in its knowledge probing the backbone is frozen
 */
public record PTuning(
    int length,
    Encoder encoder,
    Optional<Integer> hidden,
    int layers,
    double dropout,
    boolean trainsBackbone)
    implements PromptMethod {

  /** What produces the vectors. */
  public enum Encoder {
    /** Bidirectional LSTM layers of width E/2 per direction, Linear, ReLU, Linear: v1's own. */
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

    /** Whether it has LSTM layers. */
    boolean hasLstm() {
      return this == LSTM || this == PEFT_LSTM;
    }

    /** As it is written in files and on the command line. */
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** The method's name. */
  public static final String NAME = "p-tuning";

  /** The layers of the LSTM in the paper and in PEFT. */
  public static final int DEFAULT_LAYERS = 2;

  /** What makes the soft tokens. */
  public static final Setting<Encoder> ENCODER =
      Setting.of(
          "encoder",
          Values.choice("NAME", Encoder.class, Encoder::label),
          Encoder.LSTM,
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

  /** Whether the backbone is trained, too. */
  public static final Setting<Boolean> JOINT =
      Setting.of(
          "joint",
          Values.flags(),
          false,
          "Train the model together with the prompt, as the paper's SuperGLUE runs do.");

  /** The method by name. */
  static final MethodDeclaration DECLARATION =
      new MethodDeclaration(
          NAME,
          List.of(MethodSettings.LENGTH, ENCODER, HIDDEN, LAYERS, DROPOUT, JOINT),
          PTuning::of);

  /** Checks the ranges, and that the encoder has what is set. */
  public PTuning {
    MethodSettings.LENGTH.require(length);
    if (hidden.isPresent() && !encoder.hasWidth()) {
      throw InvalidInputException.of(
          "encoder-hidden: %d has no meaning for encoder %s, whose width is the word embeddings';"
              + " peft-lstm and peft-mlp have it",
          hidden.get(), encoder.label());
    }
    HIDDEN.require(hidden);
    LAYERS.require(layers);
    if (layers != DEFAULT_LAYERS && !encoder.hasLstm()) {
      throw InvalidInputException.of(
          "encoder-layers: %d has no meaning for encoder %s, which has no LSTM; lstm and peft-lstm"
              + " have it",
          layers, encoder.label());
    }
    DROPOUT.require(dropout);
    if (dropout > 0 && (!encoder.hasLstm() || layers == 1)) {
      throw InvalidInputException.of(
          "encoder-dropout: %s has no meaning for encoder %s with encoder-layers %d: it is between"
              + " the layers of an LSTM",
          dropout, encoder.label(), layers);
    }
  }

  /** The paper's encoder over a frozen backbone. */
  public static PTuning ofLength(int length) {
    return with(length, Encoder.LSTM, Optional.empty());
  }

  /** An encoder over a frozen backbone, its LSTM as in the paper. */
  public static PTuning with(int length, Encoder encoder, Optional<Integer> hidden) {
    return new PTuning(length, encoder, hidden, DEFAULT_LAYERS, 0, false);
  }

  private static PTuning of(SettingValues values) {
    return new PTuning(
        values.get(MethodSettings.LENGTH),
        values.get(ENCODER),
        values.find(HIDDEN),
        values.get(LAYERS),
        values.get(DROPOUT),
        values.get(JOINT));
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
              8 * w * (e + w + 2)
                  + (layers - 1L) * 8 * w * (3 * w + 2)
                  + (2 * w + 1) * 2 * w
                  + (2 * w + 1) * e;
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
  public SettingValues settings() {
    return SettingValues.of(DECLARATION.settings())
        .with(MethodSettings.LENGTH, length)
        .with(ENCODER, encoder)
        .with(HIDDEN, hidden)
        .with(LAYERS, layers)
        .with(DROPOUT, dropout)
        .with(JOINT, trainsBackbone);
  }
}
