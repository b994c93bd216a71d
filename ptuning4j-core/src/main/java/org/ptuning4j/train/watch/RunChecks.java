package org.ptuning4j.train.watch;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.ptuning4j.backbone.DropoutRates;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.settings.InvalidSettingException;
import org.ptuning4j.train.batching.Batching.FixedBatches;
import org.ptuning4j.train.config.Regularisation;
import org.ptuning4j.train.config.TrainingConfig;

/**
 * Settings that have no effect on a run, or not the intended one, as far as that is known before
 * the first step. They are warned of and not refused.
 */
public final class RunChecks {

  private RunChecks() {}

  /**
   * Requires that the settings make sense together with the model.
   *
   * @param rates the dropout within the backbone and the head in training
   * @throws InvalidSettingException if they do not
   */
  public static void require(TrainingConfig config, DropoutRates rates) {
    if (config.regularisation().rDrop() > 0 && !rates.any() && !promptDrops(config.method())) {
      throw new InvalidSettingException(
          Regularisation.R_DROP.name(),
          "it compares two passes with different dropout, and there is no dropout here; set dropout"
              + " or leave it out");
    }
  }

  /** Whether a setting of the method drops something; all of them are called so. */
  private static boolean promptDrops(PromptMethod method) {
    return method.settings().toMap().entrySet().stream()
        .filter(setting -> setting.getKey().endsWith("dropout"))
        .anyMatch(setting -> setting.getValue() instanceof Number rate && rate.doubleValue() > 0);
  }

  /**
   * Compares the settings with the size of the run.
   *
   * @param rows training rows
   * @param steps of all epochs
   */
  public static List<String> ofSettings(TrainingConfig config, int rows, int steps) {
    List<String> doubts = new ArrayList<>();
    int warmup = config.schedule().warmup().stepsOf(steps);
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
            : config.allEpochs();
    if (config.patience() >= evaluations) {
      doubts.add(
          say(
              "patience is %d and there are %d evaluations in all: the run never stops early",
              config.patience(), evaluations));
    }
    return doubts;
  }

  private static String say(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
