package org.ptuning4j.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.ptuning4j.prompt.LearningRates;
import org.ptuning4j.prompt.PromptMethod;

/**
 * Says what users of prompt tuning otherwise find out at the end of a run: that it never left the
 * majority class, that its learning rate is ten times off, that its loss is no better than
 * guessing.
 */
final class Watchdogs {

  /** Evaluations in a row that give one answer to everything before it is worth a word. */
  private static final int STUCK_AFTER = 3;

  /** A training loss within this factor of the blind guess has learnt nothing. */
  private static final double NOTHING_LEARNT = 0.99;

  /** A training loss below this share of the one before is on its way down, wherever it is. */
  private static final double FALLING = 0.95;

  private final PromptMethod method;
  private final double learningRate;
  private final double blindLoss;
  private final List<String> said = new ArrayList<>();
  private int constantEvaluations;
  private int evaluations;
  private double lastTrainLoss = Double.MAX_VALUE;

  Watchdogs(PromptMethod method, double learningRate, double blindLoss) {
    this.method = method;
    this.learningRate = learningRate;
    this.blindLoss = blindLoss;
  }

  /** Before the first step. */
  Optional<String> atStart() {
    LearningRates usual = method.learningRates();
    if (learningRate < usual.lowest() / 3 || learningRate > usual.highest() * 3) {
      return say(
          "lr %s is unusual for %s: %s to %s is the usual range; it looks %s",
          scientific(learningRate),
          method.name(),
          scientific(usual.lowest()),
          scientific(usual.highest()),
          learningRate < usual.lowest()
              ? "about ten times too low or more"
              : "about ten times too high or more");
    }
    return Optional.empty();
  }

  /** After an evaluation; {@code trainLoss} is the mean since the one before. */
  Optional<String> afterEvaluation(Objective.Evaluation evaluation, double trainLoss) {
    evaluations++;
    boolean falling = trainLoss < FALLING * lastTrainLoss;
    lastTrainLoss = trainLoss;
    constantEvaluations = evaluation.onlyAnswer() == null ? 0 : constantEvaluations + 1;
    if (constantEvaluations == STUCK_AFTER) {
      return say(
          "the last %d evaluations answered '%s' to everything: the model is stuck on one class; "
              + "try a learning rate ten times higher or lower than %s, or another prompt length",
          STUCK_AFTER, evaluation.onlyAnswer(), scientific(learningRate));
    }
    if (evaluations == STUCK_AFTER && !falling && trainLoss >= NOTHING_LEARNT * blindLoss) {
      return say(
          "after %d evaluations the training loss is %.3f, and guessing by frequency gives %.3f:"
              + " nothing has been learnt; a learning rate ten times %s is worth a try",
          evaluations,
          trainLoss,
          blindLoss,
          trainLoss > 1.5 * blindLoss ? "lower" : "higher or lower");
    }
    return Optional.empty();
  }

  /** Notes in a run's progress what a resumed run has to know. */
  void remember(Progress progress) {
    progress.warnings = new ArrayList<>(said);
    progress.constantEvaluations = constantEvaluations;
    progress.lastTrainLoss = lastTrainLoss;
  }

  /** Takes up what {@link #remember} noted. */
  void resume(Progress progress) {
    said.clear();
    said.addAll(progress.warnings);
    constantEvaluations = progress.constantEvaluations;
    lastTrainLoss = progress.lastTrainLoss;
    evaluations = progress.evaluations;
  }

  private Optional<String> say(String format, Object... arguments) {
    String message = String.format(Locale.ROOT, format, arguments);
    said.add(message);
    return Optional.of(message);
  }

  private static String scientific(double value) {
    return String.format(Locale.ROOT, "%.0e", value).replace("e-0", "e-").replace("e+0", "e");
  }
}
