package org.ptuning4j.train;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.head.Item;
import org.ptuning4j.train.batching.Batching.FixedBatches;

/**
 * What of a run's settings and data has no effect, or another than was meant, and is known before
 * the first step. A run goes on in spite of it: it is said, not refused.
 */
final class RunChecks {

  /** With a smaller share of known inputs in the evaluation data, they are chance. */
  private static final double OVERLAP = 0.05;

  private RunChecks() {}

  /**
   * Settings beside the size of the run.
   *
   * @param rows training rows
   * @param steps of all epochs
   */
  static List<String> ofSettings(TrainingConfig config, int rows, int steps) {
    List<String> doubts = new ArrayList<>();
    int warmup = config.schedule().warmupSteps();
    if (warmup >= steps) {
      doubts.add(
          say(
              "warmup is %d steps and the run has %d: the learning rate never reaches %s; a tenth"
                  + " of the steps is usual",
              warmup, steps, config.learningRate()));
    }
    if (config.batching() instanceof FixedBatches fixed
        && (long) fixed.rows() * config.accumulation() > rows) {
      String accumulated =
          config.accumulation() > 1 ? " times accumulation " + config.accumulation() : "";
      doubts.add(
          say(
              "batch %d%s is more than the %d training rows: every epoch is a single step",
              fixed.rows(), accumulated, rows));
    }
    if (config.evaluateEvery() > steps) {
      doubts.add(
          say(
              "evaluate-every is %d steps and the run has %d: it is evaluated once, at its end",
              config.evaluateEvery(), steps));
    }
    int evaluations =
        config.evaluateEvery() > 0
            ? (steps + config.evaluateEvery() - 1) / config.evaluateEvery()
            : config.epochs();
    if (config.patience() >= evaluations) {
      doubts.add(
          say(
              "patience is %d and there are %d evaluations in all: the run never stops early",
              config.patience(), evaluations));
    }
    return doubts;
  }

  /** Evaluation data that were trained on, wholly or in part, so that figures flatter. */
  static List<String> ofData(List<Item> training, List<Item> evaluation) {
    Set<List<List<Integer>>> known = new HashSet<>();
    training.forEach(item -> known.add(input(item)));
    long shared = evaluation.stream().filter(item -> known.contains(input(item))).count();
    if (shared == evaluation.size()) {
      return List.of(
          "all evaluation data are among the training data: the figures say how well these are"
              + " remembered, not how well others will be answered; keep other rows for the"
              + " evaluation");
    }
    if (shared >= OVERLAP * evaluation.size()) {
      return List.of(
          say(
              "%d of %d inputs of the evaluation data are in the training data too, so that the"
                  + " figures flatter; take them out of one of the two",
              shared, evaluation.size()));
    }
    return List.of();
  }

  /** What a model reads of an item. */
  private static List<List<Integer>> input(Item item) {
    return item.rows().stream().map(RunChecks::ids).toList();
  }

  private static List<Integer> ids(TokenRow row) {
    List<Integer> ids = new ArrayList<>();
    for (int id : row.ids()) {
      ids.add(id);
    }
    return ids;
  }

  private static String say(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
