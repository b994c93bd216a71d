package org.ptuning4j.train.loop;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.prompt.LearningRates;
import org.ptuning4j.settings.InvalidSettingException;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.config.TrainingSettings;
import org.ptuning4j.train.objective.Objective;

/**
 * Finds a learning rate by a short training in which it rises from far too low to far too high
 * (Smith, arXiv 1506.01186): that a tenth of the one with the lowest loss. All that it changes is
 * put back to the bit, so that a run that is given the rate does the same.
 */
final class RangeTest {

  /** The most steps, and how many an epoch's batches are cut into where there are fewer. */
  private static final int MOST_STEPS = 100;

  private static final int LEAST_STEPS = 40;

  /** How far beyond the method's usual rates it goes on either side. */
  private static final double BEYOND = 10;

  /** How much of the smoothed loss each step leaves. */
  private static final double SMOOTHING = 0.9;

  /** It ends where the smoothed loss has become so many times the lowest one. */
  private static final double DIVERGED = 4;

  /** What the rate of the lowest loss is divided by. */
  private static final double MARGIN = 10;

  private final TrainingConfig config;
  private final Objective objective;
  private final List<Parameter> parameters;
  private final StepGradients gradients;

  RangeTest(
      TrainingConfig config,
      Objective objective,
      List<Parameter> parameters,
      StepGradients gradients) {
    this.config = config;
    this.objective = objective;
    this.parameters = parameters;
    this.gradients = gradients;
  }

  /**
   * What a test found.
   *
   * @param rate the rate to train with
   * @param points each step's rate and losses, in order
   */
  record Found(double rate, List<Point> points) {

    /** How it was found. */
    String reason() {
      return String.format(
          Locale.ROOT,
          "a tenth of the rate at which the loss was lowest in a range test of %d steps, from %.0e"
              + " to %.0e",
          points.size(),
          points.get(0).rate(),
          points.get(points.size() - 1).rate());
    }
  }

  /**
   * A step of the test.
   *
   * @param rate its learning rate
   * @param loss the loss of its batch
   * @param smoothed the moving average of the losses so far, freed of its start
   */
  record Point(double rate, double loss, double smoothed) {}

  /**
   * Makes the test.
   *
   * @throws InvalidSettingException if the method trains nothing, or no step has a finite loss
   */
  Found run() {
    LearningRates usual = config.method().learningRates();
    if (parameters.isEmpty() || usual.lowest() <= 0) {
      throw refusal("method %s has nothing to train".formatted(config.method().name()));
    }
    RandomStream random = RandomStream.of(config.seed(), "range test");
    List<List<int[]>> steps = steps(random.nextLong());
    double lowest = usual.lowest() / BEYOND;
    double growth = usual.highest() * BEYOND / lowest;
    List<Point> points = new ArrayList<>();
    List<Tensor> before =
        parameters.stream()
            .map(parameter -> Scope.own(() -> parameter.tensor().detach().clone()))
            .toList();
    try (AdamW optimiser =
        new AdamW(AdamW.Settings.of(config), List.of(new ParameterGroup(parameters, 1)))) {
      for (int i = 0; i < steps.size() && !isOver(points); i++) {
        double rate = lowest * Math.pow(growth, i / (double) Math.max(1, steps.size() - 1));
        double loss = step(optimiser, steps.get(i), rate, random);
        if (!Double.isFinite(loss)) {
          break;
        }
        points.add(new Point(rate, loss, smoothed(points, loss)));
      }
      optimiser.zeroGradients();
    } finally {
      putBack(before);
    }
    return new Found(rate(points, usual), points);
  }

  /** An epoch's batches, or as many smaller ones as a test needs; each makes a step. */
  private List<List<int[]>> steps(long seed) {
    List<int[]> batches = objective.plan(config.batching(), seed, 0);
    int parts = (int) Math.ceil(LEAST_STEPS / (double) batches.size());
    return batches.stream()
        .flatMap(batch -> cut(batch, parts).stream())
        .limit(MOST_STEPS)
        .map(List::of)
        .toList();
  }

  /** A batch in parts of about the same size, none of them empty. */
  static List<int[]> cut(int[] batch, int parts) {
    int count = Math.max(1, Math.min(parts, batch.length));
    List<int[]> cut = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int from = (int) ((long) i * batch.length / count);
      int to = (int) ((long) (i + 1) * batch.length / count);
      cut.add(Arrays.copyOfRange(batch, from, to));
    }
    return cut;
  }

  private double step(AdamW optimiser, List<int[]> batches, double rate, RandomStream masks) {
    optimiser.zeroGradients();
    double loss = gradients.add(batches, masks, false).mean();
    double norm = optimiser.gradientNorm();
    if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
      return Double.NaN;
    }
    optimiser.step(rate, Trainer.clipFactor(norm, config.clip()));
    return loss;
  }

  /** The next moving average, divided by the weight that its terms have together. */
  static double smoothed(List<Point> points, double loss) {
    double sum = 0;
    double weight = 1 - SMOOTHING;
    double total = weight;
    sum += weight * loss;
    for (int i = points.size() - 1; i >= 0; i--) {
      weight *= SMOOTHING;
      sum += weight * points.get(i).loss();
      total += weight;
    }
    return sum / total;
  }

  private static boolean isOver(List<Point> points) {
    if (points.isEmpty()) {
      return false;
    }
    double least = points.stream().mapToDouble(Point::smoothed).min().orElseThrow();
    return points.get(points.size() - 1).smoothed() > DIVERGED * least;
  }

  /** A tenth of the rate with the lowest smoothed loss, within three times the usual range. */
  static double rate(List<Point> points, LearningRates usual) {
    Point least =
        points.stream()
            .reduce((a, b) -> b.smoothed() < a.smoothed() ? b : a)
            .orElseThrow(() -> refusal("the loss is not finite at the lowest rate already"));
    double rate = least.rate() / MARGIN;
    return Math.max(usual.lowest() / 3, Math.min(usual.highest() * 3, rounded(rate)));
  }

  /** To two significant digits, so that the rate may be written down. */
  private static double rounded(double rate) {
    return Double.parseDouble(String.format(Locale.ROOT, "%.1e", rate));
  }

  private void putBack(List<Tensor> before) {
    Autograd.withoutGraph(
        () -> {
          for (int i = 0; i < before.size(); i++) {
            Tensor value = parameters.get(i).tensor();
            Tensor kept = before.get(i);
            Scope.run(() -> value.copy_(kept));
            Scope.release(kept);
          }
        });
  }

  private static InvalidSettingException refusal(String problem) {
    return new InvalidSettingException(
        TrainingSettings.LEARNING_RATE.name(), "auto is not possible: " + problem);
  }
}
