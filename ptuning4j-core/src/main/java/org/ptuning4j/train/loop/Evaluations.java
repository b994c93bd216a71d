package org.ptuning4j.train.loop;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.SettingName;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.train.exchange.GradientExchange;
import org.ptuning4j.train.objective.Objective;
import org.ptuning4j.train.objective.PromptedBackbone;

/** Evaluates a run's parameters and, where one is kept, their average. */
final class Evaluations {

  /** What the metrics file calls the values that the steps made. */
  private static final String TRAINED = "trained";

  private static final String AVERAGE = "average";

  private final Objective objective;
  private final List<Parameter> parameters;
  private final Optional<ParameterAverage> average;
  private final GradientExchange exchange;

  Evaluations(
      Objective objective,
      List<Parameter> parameters,
      Optional<ParameterAverage> average,
      GradientExchange exchange) {
    this.exchange = exchange;
    this.objective = objective;
    this.parameters = parameters;
    this.average = average;
  }

  /**
   * An evaluation, the better one of two where there are two.
   *
   * @param evaluation what was found
   * @param standing how good it is
   * @param ofAverage whether it is that of the average
   * @param each both by what they are of; empty where there is one only
   */
  record Judged(
      Objective.Evaluation evaluation,
      Standing standing,
      boolean ofAverage,
      Map<String, Objective.Evaluation> each) {

    /** What the metrics file says of it, besides figures. */
    Map<String, Object> facts() {
      Map<String, Object> facts = new LinkedHashMap<>();
      if (!each.isEmpty()) {
        facts.put("values", ofAverage ? AVERAGE : TRAINED);
        each.forEach((name, one) -> facts.put(name, figures(one)));
      }
      return facts;
    }
  }

  /** The loss and the metrics of an evaluation, those that are undefined as null. */
  static Map<String, Object> figures(Objective.Evaluation evaluation) {
    Map<String, Double> metrics = new LinkedHashMap<>(evaluation.metrics());
    evaluation.undefined().forEach(name -> metrics.put(name, null));
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("dev_loss", evaluation.loss());
    figures.put("metrics", metrics);
    return figures;
  }

  /**
   * Evaluates.
   *
   * @param pass without dropout
   * @param step the steps made so far, for messages
   */
  Judged judge(PromptedBackbone pass, int step) {
    Objective.Evaluation trained = objective.evaluate(pass, exchange);
    Standing standing = standing(trained, step);
    if (average.isEmpty()) {
      return new Judged(trained, standing, false, Map.of());
    }
    Objective.Evaluation smooth = averaged(() -> objective.evaluate(pass, exchange));
    Standing other = standing(smooth, step);
    boolean better = other.compareTo(standing) > 0;
    Map<String, Objective.Evaluation> each = new LinkedHashMap<>();
    each.put(TRAINED, trained);
    each.put(AVERAGE, smooth);
    return new Judged(better ? smooth : trained, better ? other : standing, better, each);
  }

  /** Saves the values that an evaluation is of. */
  void save(Path file, Judged judged) {
    if (judged.ofAverage()) {
      averaged(
          () -> {
            Checkpoint.saveParameters(file, parameters);
            return file;
          });
    } else {
      Checkpoint.saveParameters(file, parameters);
    }
  }

  /** What something gives while the parameters have their averages. */
  private <T> T averaged(Supplier<T> work) {
    ParameterAverage kept = average.orElseThrow();
    kept.swap();
    try {
      return work.get();
    } finally {
      kept.swap();
    }
  }

  private Standing standing(Objective.Evaluation evaluation, int step) {
    if (!Double.isFinite(evaluation.loss())) {
      throw InvalidInputException.of(
          "the loss on the evaluation data is %s after step %d: the model's numbers are out of"
              + " range; lower %s or use %s fp32",
          evaluation.loss(), step, new SettingName("lr"), new SettingName("precision"));
    }
    return new Standing(evaluation.metric(objective.primaryMetric()), evaluation.loss());
  }
}
