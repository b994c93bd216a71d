package org.ptuning4j.train.watch;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.ptuning4j.prompt.LearningRates;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.train.objective.Objective;

/**
 * Warns of what users of prompt tuning otherwise find out at the end of a run: the model never left
 * the majority class, the learning rate is ten times off, the loss is no better than guessing. Each
 * warning is given once per run, and none about data whose answers are all the same.
 */
public final class Watchdogs {

  /** After so many evaluations in a row with one answer to everything, a warning is due. */
  private static final int STUCK_AFTER = 3;

  /** A model whose training loss is at least this share of a blind guess's has learnt nothing. */
  private static final double NOTHING_LEARNT = 0.99;

  /** Where a blind guess loses no more than this, all answers are the same. */
  private static final double NOTHING_TO_LEARN = 1e-6;

  /** A training loss below this share of the previous one is falling, however high it is. */
  private static final double FALLING = 0.95;

  /**
   * What the watchdogs remember of a run.
   *
   * @param said every warning so far
   * @param constantEvaluations how many evaluations in a row gave one answer
   * @param evaluations all of them
   * @param lastTrainLoss the mean training loss before the last evaluation
   * @param learningDoubted whether it was said that a loss or answers look wrong
   * @param undefinedSaid whether it was said that the deciding metric is undefined
   */
  public record State(
      List<String> said,
      int constantEvaluations,
      int evaluations,
      double lastTrainLoss,
      boolean learningDoubted,
      boolean undefinedSaid) {

    /** Nothing yet. */
    public static final State NEW = new State(List.of(), 0, 0, Double.MAX_VALUE, false, false);

    /** Copies the warnings. */
    public State {
      said = List.copyOf(said);
    }
  }

  private final PromptMethod method;
  private double learningRate;
  private final double blindLoss;
  private final List<String> said = new ArrayList<>();
  private int constantEvaluations;
  private int evaluations;
  private boolean learningDoubted;
  private boolean undefinedSaid;
  private double lastTrainLoss = Double.MAX_VALUE;

  public Watchdogs(PromptMethod method, double learningRate, double blindLoss) {
    this.method = method;
    this.learningRate = learningRate;
    this.blindLoss = blindLoss;
  }

  /** Another learning rate than the one that was set: one that a test has found. */
  public void rateFound(double rate) {
    learningRate = rate;
  }

  /**
   * Before the first step.
   *
   * @param doubts what the checks of settings and data found
   */
  public List<String> atStart(List<String> doubts) {
    said.addAll(doubts);
    List<String> messages = new ArrayList<>(doubts);
    unusualRate().ifPresent(messages::add);
    return messages;
  }

  private Optional<String> unusualRate() {
    LearningRates usual = method.learningRates();
    if (learningRate < usual.lowest() / 3 || learningRate > usual.highest() * 3) {
      return Optional.of(
          say(
              "lr %s is unusual for %s: %s to %s is the usual range; it looks %s",
              scientific(learningRate),
              method.name(),
              scientific(usual.lowest()),
              scientific(usual.highest()),
              learningRate < usual.lowest()
                  ? "about ten times too low or more"
                  : "about ten times too high or more"));
    }
    return Optional.empty();
  }

  /**
   * After an evaluation.
   *
   * @param primary the name of the metric that decides
   * @param trainLoss the mean loss since the evaluation before
   */
  public List<String> afterEvaluation(
      Objective.Evaluation evaluation, String primary, double trainLoss) {
    List<String> messages = new ArrayList<>();
    undefined(evaluation, primary).ifPresent(messages::add);
    evaluations++;
    boolean falling = trainLoss < FALLING * lastTrainLoss;
    lastTrainLoss = trainLoss;
    constantEvaluations = evaluation.oneAnswer().isEmpty() ? 0 : constantEvaluations + 1;
    if (!learningDoubted) {
      Optional<String> doubt =
          constantEvaluations == STUCK_AFTER
              ? Optional.of(stuck(evaluation.oneAnswer().orElseThrow()))
              : nothingLearnt(trainLoss, falling);
      learningDoubted = doubt.isPresent();
      doubt.ifPresent(messages::add);
    }
    return messages;
  }

  private Optional<String> undefined(Objective.Evaluation evaluation, String primary) {
    if (undefinedSaid || !evaluation.undefined().contains(primary)) {
      return Optional.empty();
    }
    undefinedSaid = true;
    return Optional.of(
        say(
            "%s is not defined on these answers, as where all of them or all right ones are the"
                + " same: among evaluations without it, the lower dev loss decides which is the"
                + " best",
            primary));
  }

  private String stuck(Objective.OneAnswer answer) {
    return say(
        "the last %d evaluations answered '%s' to everything (always giving the commonest answer is"
            + " right for %.1f %% of the evaluation data): the model is stuck on one answer; try a"
            + " learning rate ten times %s than %s, another prompt length, or more rows with the"
            + " rarer answers",
        STUCK_AFTER,
        answer.text(),
        100 * answer.commonest(),
        learningRate > method.learningRates().highest()
            ? "lower"
            : learningRate < method.learningRates().lowest() ? "higher" : "higher or lower",
        scientific(learningRate));
  }

  private Optional<String> nothingLearnt(double trainLoss, boolean falling) {
    boolean atGuessing = blindLoss > NOTHING_TO_LEARN && trainLoss >= NOTHING_LEARNT * blindLoss;
    if (evaluations != STUCK_AFTER || falling || !atGuessing) {
      return Optional.empty();
    }
    return Optional.of(
        say(
            "after %d evaluations the training loss is %.3f, and guessing by frequency gives %.3f:"
                + " nothing has been learnt; a learning rate ten times %s is worth a try",
            evaluations,
            trainLoss,
            blindLoss,
            trainLoss > 1.5 * blindLoss ? "lower" : "higher or lower"));
  }

  /** What a resumed run has to know. */
  public State state() {
    return new State(
        said, constantEvaluations, evaluations, lastTrainLoss, learningDoubted, undefinedSaid);
  }

  /** Goes on from where an interrupted run was. */
  public void resume(State state) {
    said.clear();
    said.addAll(state.said());
    constantEvaluations = state.constantEvaluations();
    evaluations = state.evaluations();
    lastTrainLoss = state.lastTrainLoss();
    learningDoubted = state.learningDoubted();
    undefinedSaid = state.undefinedSaid();
  }

  private String say(String format, Object... arguments) {
    String message = String.format(Locale.ROOT, format, arguments);
    said.add(message);
    return message;
  }

  private static String scientific(double value) {
    if (value >= 0.1 && value < 1000) {
      return String.format(Locale.ROOT, value == Math.rint(value) ? "%.0f" : "%.2g", value);
    }
    return String.format(Locale.ROOT, "%.0e", value).replace("e-0", "e-").replace("e+0", "e");
  }
}
