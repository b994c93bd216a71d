package org.ptuning4j.train.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.head.SequenceInput;
import org.ptuning4j.head.TagHead;
import org.ptuning4j.prompt.MethodDeclaration;
import org.ptuning4j.settings.InvalidSettingException;
import org.ptuning4j.settings.Setting;
import org.ptuning4j.settings.SettingValues;
import org.ptuning4j.settings.Values;
import org.ptuning4j.tensor.engine.Precision;

/**
 * The settings of a run, each declared once; {@link SettingBinding} says which field of {@link
 * TrainingConfig} each is. Those of methods are declared by the methods.
 */
public final class TrainingSettings {

  /** The head that lets the checkpoint decide what it reads. */
  public static final String AUTO = "auto";

  /** The head that answers with the model's own words; the task is then a cloze. */
  public static final String VERBALIZER = "verbalizer";

  /** The head that writes texts with a decoder's own language model. */
  public static final String LANGUAGE_MODEL = "language-model";

  /** The peak learning rate. */
  public static final Setting<Optional<Double>> LEARNING_RATE =
      Setting.of(
              "lr",
              Values.orAuto(Values.above(0)),
              Optional.of(1e-2),
              "Peak learning rate; auto finds one by a short test before the first step, which"
                  + " takes no longer than an epoch.")
          .defaultTold(
              "the method's usual one (1e-2 for p-tuning-v2, 2e-2 if words are tagged; 1e-2 for"
                  + " head-only, 1e-4 for full-fine-tuning)");

  /** The peak learning rate of the head. */
  public static final Setting<Double> HEAD_LEARNING_RATE =
      Setting.unset(
          "head-lr",
          Values.above(0),
          "that of lr",
          "Peak learning rate of the head alone; it moves as the other does.");

  /** Passes over the training data. */
  public static final Setting<Integer> EPOCHS =
      Setting.unset(
          "epochs", Values.atLeast(1), UsualEpochs.IN_WORDS, "Passes over the training data.");

  /** The epoch after which a run ends. */
  public static final Setting<Integer> STOP_AFTER =
      Setting.unset(
          "stop-after",
          Values.atLeast(1),
          "none",
          "End after so many epochs, while the learning rate moves as if all of epochs were made:"
              + " the run can go on later, as if it had not stopped.");

  /** The share of the training rows that is evaluated on. */
  public static final Setting<Double> HOLD_OUT =
      Setting.of(
              "hold-out",
              Values.shares(),
              0d,
              "Evaluate on this share of the training rows in place of other data, and train on the"
                  + " others. The rows are always the same; rows with the same longest text, such"
                  + " as the questions of one passage, stay together.")
          .defaultTold("0, evaluate on the evaluation data");

  /** How many training rows are trained on. */
  public static final Setting<Integer> TRAIN_ROWS =
      Setting.unset(
          "train-rows",
          Values.atLeast(1),
          "all",
          "Train on so many of the training rows, drawn at random and always the same.");

  /** Rows of a batch. */
  public static final Setting<Integer> BATCH =
      Setting.unset("batch", Values.atLeast(1), "32", "Rows of a batch.");

  /** Tokens of a batch. */
  public static final Setting<Integer> TOKENS =
      Setting.unset(
          "tokens",
          Values.atLeast(1),
          "rows are counted",
          "Instead of batch: as many rows as fit this many tokens, padding included.");

  /** Batches whose gradients make one step. */
  public static final Setting<Integer> ACCUMULATION =
      Setting.of(
          "accumulation",
          Values.atLeast(1),
          1,
          "Batches whose gradients make one step. They are weighed by the rows, or the words, that"
              + " their losses count, so that the step is that of one batch of all of them.");

  /** How the learning rate falls. */
  public static final Setting<Schedule.Shape> SCHEDULE =
      Setting.of(
          "schedule",
          Values.choice("SHAPE", Schedule.Shape.class, Schedule.Shape::label),
          Schedule.Shape.LINEAR,
          "How the learning rate falls.");

  /** The factor per epoch of the exponential schedule. */
  public static final Setting<Double> DECAY_PER_EPOCH =
      Setting.of(
          "decay-per-epoch",
          Values.upTo(1),
          0.95,
          "The factor per epoch of the exponential schedule.");

  /** AdamW's decay. */
  public static final Setting<Double> WEIGHT_DECAY =
      Setting.of("weight-decay", Values.shares(), 0d, "AdamW's decay.");

  /** AdamW's β₁. */
  public static final Setting<Double> ADAM_BETA1 =
      Setting.of(
          "adam-beta1",
          Values.shares(),
          0.9,
          "How much of the gradients' running mean AdamW keeps at each step.");

  /** AdamW's β₂. */
  public static final Setting<Double> ADAM_BETA2 =
      Setting.of(
          "adam-beta2",
          Values.shares(),
          0.999,
          "How much of the running mean of their squares AdamW keeps at each step.");

  /** AdamW's ε. */
  public static final Setting<Double> ADAM_EPSILON =
      Setting.of(
          "adam-epsilon",
          Values.above(0),
          1e-8,
          "What AdamW adds to the root of the squares before it divides by it.");

  /** The largest norm of the gradient. */
  public static final Setting<Double> CLIP =
      Setting.of(
          "clip", Values.fromNumber(0), 1d, "The largest norm of the gradient; 0 for no limit.");

  /** Dropout of the model and the head. */
  public static final Setting<Double> DROPOUT =
      Setting.unset(
          "dropout",
          Values.shares(),
          "the model's own, from its config.json",
          "Dropout of the model and the head in training.");

  /** The longest text in tokens. */
  public static final Setting<Integer> MAX_LENGTH =
      Setting.of(
              "max-length",
              Values.atLeast(3),
              128,
              "Longer texts are cut to so many tokens, special ones included.")
          .defaultTold("the task's, usually 128");

  /** What answers. */
  public static final Setting<String> HEAD =
      Setting.of(
              "head",
              Values.choice("INPUT", heads()),
              AUTO,
              "What answers: a linear head over the pooler, first-token, last-token (decoders),"
                  + " mean or dense (auto: what the model's 1_Pooling/config.json names, else the"
                  + " pooler if the model has one, else what its configuration names, else the"
                  + " first token, or the last of a decoder), verbalizer: the model's own words in"
                  + " the place of a mask, or language-model: texts that a decoder writes after a"
                  + " source.")
          .defaultTold(
              "auto; verbalizer for p-tuning, unused-tokens, manual where the task has a template"
                  + " and the model words");

  /** What scores tags. */
  public static final Setting<TagHead> TAG_HEAD =
      Setting.unset(
          "tag-head",
          Values.choice("KIND", TagHead.class, TagHead::label),
          "crf; softmax where the model itself is trained",
          "What scores the tags of words. crf: a linear layer, and a score for each tag behind"
              + " each other one, so that whole sequences of tags are learnt. softmax: the"
              + " linear layer alone, each word's tag by itself, as the papers have it.");

  /** The layer that a head reads. */
  public static final Setting<Integer> READ_LAYER =
      Setting.unset(
          "read-layer",
          Values.atLeast(1),
          "the last; for tags in a model that was trained to embed whole texts the one five sixths"
              + " of the way up",
          "The head reads what this layer gives, counted from 1; those above are left out, in"
              + " training and afterwards. Over a frozen model, with a linear head.");

  /** Steps between evaluations. */
  public static final Setting<Integer> EVALUATE_EVERY =
      Setting.of("evaluate-every", Values.atLeast(0), 0, "Evaluate after so many steps.")
          .defaultTold("0, after each epoch");

  /** Evaluations without a better one before stopping. */
  public static final Setting<Integer> PATIENCE =
      Setting.of(
              "patience",
              Values.atLeast(0),
              0,
              "Stop after so many evaluations without a better one.")
          .defaultTold("0, never");

  /** What counts as better for patience. */
  public static final Setting<Double> MIN_DELTA =
      Setting.of(
              "min-delta",
              Values.fromNumber(0),
              0d,
              "For patience, only an evaluation whose deciding metric is higher by more than this"
                  + " counts as a better one. The best one is saved in any case.")
          .defaultTold("0: any better one does, also one with the same metric and a lower loss");

  /** Seconds between checkpoints. */
  public static final Setting<Integer> CHECKPOINT_SECONDS =
      Setting.of(
          "checkpoint-seconds",
          Values.atLeast(1),
          60,
          "Save the state, for a run to be resumed, at least this often.");

  /** Whether layers are computed twice instead of kept. */
  public static final Setting<Boolean> CHECKPOINT_LAYERS =
      Setting.of(
          "checkpoint-layers",
          Values.flags(),
          false,
          "Keep the input of each layer only, and compute the layer a second time in the backward"
              + " pass: takes less memory and more time, and gives the same result.");

  /** Whether several training texts share a row. */
  public static final Setting<Boolean> PACKING =
      Setting.of(
          "packing",
          Values.flags(),
          false,
          "Several training texts in one row, none of which sees another: nothing is padded, and"
              + " batches are drawn without regard to length. For decoders.");

  /** What becomes of states that are the same in every epoch. */
  public static final Setting<StateCaching> CACHE =
      Setting.of(
          "cache",
          Values.texts(
              "WHERE", "auto, disk, disk:SIZE or off", StateCaching::parse, StateCaching::label),
          StateCaching.AUTO,
          "The layers below the prompt (all, for a head alone) drop nothing, so that their states"
              + " are computed once and kept: auto in memory, as far as a quarter of it suffices;"
              + " disk in files, for later runs too, up to 20 GB or the size given. off: computed"
              + " in every epoch, with the model's dropout.");

  /** The seed. */
  public static final Setting<Long> SEED =
      Setting.of("seed", Values.anyWholeNumber(), 11L, "The same seed gives the same result.");

  /** Starts that are raced. */
  public static final Setting<Integer> RESTARTS =
      Setting.of(
          "restarts",
          Values.between(1, 64),
          1,
          "So many starts with different seeds race first; the better half goes on each time, until"
              + " one is left. Takes at most half of a run's time in addition.");

  /** The precision of the frozen model. */
  public static final Setting<Precision> PRECISION =
      Setting.of(
              "precision",
              Values.choice("TYPE", Precision.forTraining(), Precision::label),
              Precision.AUTO,
              "Precision of the frozen model.")
          .defaultTold("auto, bf16 where the machine is fast at it");

  /** An earlier pack to start from. */
  public static final Setting<StartFrom> START_FROM =
      Setting.unset(
          "start-from",
          Values.texts("DIR", "a folder", StartFrom::parse, StartFrom::toString),
          "none",
          "Start from the prompt of this pack (of another task, or another length); its head stays"
              + " behind. auto:DIR looks through the packs in a folder, and takes the best of them"
              + " or a fresh start, after a race that takes at most half of a run's time in"
              + " addition.");

  /** The temperature of drawing among several tasks. */
  public static final Setting<Double> TEMPERATURE =
      Setting.of(
          "temperature",
          Values.fromNumber(1),
          1d,
          "Several tasks together: draw each batch's task with probability ~ rows^(1/T).");

  private TrainingSettings() {}

  /** Every setting of a run, in the order in which they are shown. */
  public static List<Setting<?>> all() {
    List<Setting<?>> all = new ArrayList<>();
    SettingBinding.ALL.forEach(binding -> all.add(binding.setting()));
    return all;
  }

  /** The values of a configuration. */
  static SettingValues of(TrainingConfig config) {
    SettingValues values = SettingValues.of(all());
    for (SettingBinding<?> binding : SettingBinding.ALL) {
      values = binding.record(config, values);
    }
    return values;
  }

  /**
   * Puts the values that were given into a builder; the others stay as the builder has them.
   *
   * @throws InvalidInputException if two of them contradict each other
   */
  public static void apply(SettingValues given, TrainingConfigBuilder builder) {
    if (given.given(BATCH).isPresent() && given.given(TOKENS).isPresent()) {
      throw new InvalidSettingException("batch", "set batch or tokens, not both");
    }
    SettingBinding.ALL.forEach(binding -> binding.apply(given, builder));
    requireUse(given);
    Schedule.Shape shape = builder.build().schedule().shape();
    if (given.given(DECAY_PER_EPOCH).isPresent() && shape != Schedule.Shape.EXPONENTIAL) {
      throw new InvalidSettingException(
          DECAY_PER_EPOCH.name(),
          "the " + shape.label() + " schedule has no such factor; the exponential schedule has");
    }
  }

  private static void requireUse(SettingValues given) {
    if (given.given(MIN_DELTA).isPresent() && given.find(PATIENCE).orElse(0) == 0) {
      throw new InvalidSettingException(
          MIN_DELTA.name(),
          "it says what patience counts as better, and there is no patience; set patience too");
    }
  }

  /**
   * Makes sure that a method's settings have other names than a run's.
   *
   * @throws InvalidInputException if one has the name of a run's; the message names both
   */
  public static void requireApart(MethodDeclaration method) {
    requireApart(method.name(), method.settings());
  }

  static void requireApart(String method, List<Setting<?>> settings) {
    for (Setting<?> own : settings) {
      boolean taken = own.name().equals("method") || own.name().equals("preset");
      if (taken || all().stream().anyMatch(setting -> setting.name().equals(own.name()))) {
        throw InvalidInputException.of(
            "method %s: its setting '%s' has the name of the run's setting '%s', and one would"
                + " overwrite the other; give it another name, such as '%s-%s'",
            method, own.name(), own.name(), method, own.name());
      }
    }
  }

  private static List<String> heads() {
    return Stream.concat(
            Stream.of(AUTO, VERBALIZER, LANGUAGE_MODEL),
            Arrays.stream(SequenceInput.values()).map(SequenceInput::label))
        .toList();
  }

  /** The settings by name, as results and packs record them: the method's, and the run's. */
  static Map<String, Object> recorded(TrainingConfig config) {
    Map<String, Object> recorded = new LinkedHashMap<>();
    recorded.put("method", config.method().name());
    recorded.putAll(config.method().settings().toMap());
    recorded.putAll(of(config).toMap());
    // Neither makes a difference to the result.
    recorded.remove(CHECKPOINT_SECONDS.key());
    recorded.remove(CHECKPOINT_LAYERS.key());
    recorded.put(
        CACHE.key(), (config.cache().isOff() ? StateCaching.OFF : StateCaching.AUTO).label());
    return recorded;
  }
}
