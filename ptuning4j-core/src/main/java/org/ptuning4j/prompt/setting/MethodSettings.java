package org.ptuning4j.prompt.setting;

import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.prompt.form.PositionConvention;
import org.ptuning4j.prompt.form.PrefixSoftmax;
import org.ptuning4j.prompt.initialisation.DeepInitialisation;
import org.ptuning4j.prompt.initialisation.SoftTokenInitialisation;
import org.ptuning4j.settings.Setting;
import org.ptuning4j.settings.SettingValues;
import org.ptuning4j.settings.Values;

/** Settings that several methods have, each declared once. */
public final class MethodSettings {

  /** P, the number of virtual or soft tokens. */
  public static final Setting<Integer> LENGTH =
      Setting.of(
              "prompt-length",
              Values.atLeast(1),
              20,
              "Virtual tokens in each layer, or soft tokens at the input. Simple tasks want less"
                  + " than 20, hard ones up to 128.")
          .calledWithin("length")
          .defaultTold("20, or as many as the template has");

  /** Which layers carry the prompt. */
  public static final Setting<LayerRange> LAYERS =
      Setting.of(
          "layers",
          Values.texts(
              "RANGE",
              "all, top:K, bottom:K, or numbers such as 1,3,9-12",
              LayerRange::new,
              LayerRange::text),
          LayerRange.all(),
          "Which layers carry the prompt: all, top:K (next to the output), bottom:K, or numbers"
              + " such as 1,3,9-12.");

  /** The dropout rate on a deep prompt. */
  public static final Setting<Double> PROMPT_DROPOUT =
      Setting.of("prompt-dropout", Values.shares(), 0d, "Dropout on a deep prompt.");

  /** Whether a text attends to the prompt and to itself with one softmax or with two. */
  public static final Setting<PrefixSoftmax> PREFIX_SOFTMAX =
      Setting.unset(
          "prefix-softmax",
          Values.choice("HOW", PrefixSoftmax.class, PrefixSoftmax::label),
          "separate for encoders, joint for others and with a gate",
          "Whether a text attends to the prompt and to itself with one softmax, as the papers have"
              + " it, or with two, so that what the prompt gives is added.");

  /** Where the biases on the scores of virtual tokens start. */
  public static final Setting<Double> GATE =
      Setting.unset(
              "gate",
              Values.fromNumber(-100),
              "none",
              "Train a bias on the attention score of each virtual token in each layer, from this"
                  + " start; -4 if none is given, so that the prompt fades in.")
          .bareMeans(-4d);

  /** The share of virtual tokens that a row does not see in training. */
  public static final Setting<Double> PREFIX_ATTENTION_DROPOUT =
      Setting.of(
          "prefix-attention-dropout",
          Values.shares(),
          0d,
          "The share of virtual tokens that a row does not see in a training step, anew for each"
              + " row and layer.");

  /** Where the text's positions begin. */
  public static final Setting<PositionConvention> POSITIONS =
      Setting.of(
          "positions",
          Values.choice("HOW", PositionConvention.class, PositionConvention::label),
          PositionConvention.UNSHIFTED,
          "Whether the text's positions start after the prompt, as the papers' code and PEFT have"
              + " it, or where they start without one.");

  /** How a deep prompt starts. */
  public static final Setting<DeepInitialisation> INIT =
      Setting.of(
          "init",
          Values.texts(
              "HOW", DeepInitialisation.FORMS, DeepInitialisation::parse, DeepInitialisation::text),
          DeepInitialisation.auto(),
          "How a deep prompt starts: auto (model-normal for encoders, normal for decoders and where"
              + " a network makes the prompt), normal, unit-normal or zero (0.02, 1 and 0 as"
              + " standard deviation), model-normal (as wide as the model's own keys and values),"
              + " or from the keys and values of a text: labels, examples (a training row of each"
              + " label), text:WORDS or text:@FILE.");

  /** How soft tokens start. */
  public static final Setting<SoftTokenInitialisation> START =
      Setting.of(
          "init",
          Values.texts(
              "HOW",
              SoftTokenInitialisation.FORMS,
              SoftTokenInitialisation::parse,
              SoftTokenInitialisation::text),
          SoftTokenInitialisation.vocabulary(),
          "How soft tokens start: vocabulary (words drawn at random), uniform, normal,"
              + " unit-normal, zero, or from the words of a text: labels, examples (a training row"
              + " of each label), text:WORDS or text:@FILE.");

  /** The words from which soft tokens start: short for {@link #START} {@code text:…}. */
  public static final Setting<String> WORDS =
      Setting.unset(
              "init-words",
              Values.texts("WORDS", "words", text -> text, text -> text),
              "none",
              "Start soft tokens from these words, as init text:WORDS does.")
          .calledWithin("words");

  /** The width of the network of a residual reparameterisation. */
  public static final Setting<Integer> RESIDUAL =
      Setting.unset(
              "residual",
              Values.atLeast(1),
              "train the soft tokens as they are",
              "Train soft tokens x as x + MLP(x), with one network of this width for all of them;"
                  + " 400 if no width is given. Only the vectors are saved.")
          .bareMeans(400);

  /** How much noise soft tokens get in training. */
  public static final Setting<Double> NOISE =
      Setting.of(
          "noise",
          Values.fromNumber(0),
          0d,
          "Noise on soft tokens in training, anew for each row: uniform within this over the square"
              + " root of all their values (NEFTune's alpha).");

  /** The width inside the network that makes the prompt. */
  public static final Setting<Integer> HIDDEN =
      Setting.unset(
              "encoder-hidden",
              Values.atLeast(1),
              "the width of the word embeddings",
              "The width inside the network that makes the prompt in training.")
          .calledWithin("hidden");

  private MethodSettings() {}

  /**
   * How soft tokens start, as {@link #START} or {@link #WORDS} say.
   *
   * @throws InvalidInputException if both are set
   */
  public static SoftTokenInitialisation softTokenStart(SettingValues values) {
    Optional<SoftTokenInitialisation> start = values.given(START);
    Optional<String> words = values.given(WORDS);
    if (words.isPresent() && start.isPresent()) {
      throw InvalidInputException.of(
          "init-words: '%s' and init: '%s' both say how the prompt starts; set one of them",
          words.get(), start.get().text());
    }
    return words.map(SoftTokenInitialisation::text).orElseGet(() -> values.get(START));
  }
}
