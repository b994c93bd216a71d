package org.ptuning4j.train.objective;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.IntStream;
import org.ptuning4j.head.Loss;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.train.batching.BatchWeights;
import org.ptuning4j.train.batching.Batching;
import org.ptuning4j.train.exchange.GradientExchange;

/**
 * Several data sets over one prompt, each with its own head: multi-task P-Tuning v2 (section 3.3 of
 * the paper). Every batch comes from one set; the set is drawn with probability ∝ n^(1/T), n its
 * training rows and T the temperature, so that 1 draws in proportion to size and a large T evenly.
 */
public final class MixedObjective implements Objective {

  private final List<String> names;
  private final List<TaskObjective<?>> parts;
  private final double temperature;
  private final int[] starts; // where each part's rows start
  private final int[] lengths;

  public MixedObjective(List<String> names, List<TaskObjective<?>> parts, double temperature) {
    this.names = names;
    this.parts = parts;
    this.temperature = temperature;
    this.starts = new int[parts.size() + 1];
    List<int[]> each = parts.stream().map(TaskObjective::lengths).toList();
    for (int i = 0; i < parts.size(); i++) {
      starts[i + 1] = starts[i] + each.get(i).length;
    }
    this.lengths = each.stream().flatMapToInt(Arrays::stream).toArray();
  }

  /** The probability of each part's batches. */
  static double[] shares(int[] rows, double temperature) {
    double[] shares = Arrays.stream(rows).mapToDouble(n -> Math.pow(n, 1 / temperature)).toArray();
    double sum = Arrays.stream(shares).sum();
    return Arrays.stream(shares).map(share -> share / sum).toArray();
  }

  List<TaskObjective<?>> parts() {
    return parts;
  }

  @Override
  public List<Parameter> parameters() {
    List<Parameter> parameters = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      for (Parameter parameter : parts.get(i).parameters()) {
        parameters.add(
            new Parameter(
                "task." + names.get(i) + "." + parameter.name(),
                parameter.tensor(),
                parameter.decayed()));
      }
    }
    return parameters;
  }

  @Override
  public int[] lengths() {
    return lengths.clone();
  }

  @Override
  public int trainingExamples() {
    return parts.stream().mapToInt(TaskObjective::trainingExamples).sum();
  }

  @Override
  public int evaluationExamples() {
    return parts.stream().mapToInt(TaskObjective::evaluationExamples).sum();
  }

  /** As many batches as all parts have together; a part that is drawn more often starts again. */
  @Override
  public List<int[]> plan(Batching batching, long seed, int epoch) {
    List<Deque<int[]>> queues = new ArrayList<>();
    int total = 0;
    for (TaskObjective<?> part : parts) {
      queues.add(new ArrayDeque<>(part.plan(batching, seed, epoch)));
      total += queues.get(queues.size() - 1).size();
    }
    int[] rows = IntStream.range(0, parts.size()).map(i -> starts[i + 1] - starts[i]).toArray();
    double[] shares = shares(rows, temperature);
    int[] rounds = new int[parts.size()];
    RandomStream random = RandomStream.of(seed, "task of the batch " + epoch);
    List<int[]> batches = new ArrayList<>();
    while (batches.size() < total) {
      int part = draw(shares, random.nextDouble());
      if (queues.get(part).isEmpty()) {
        rounds[part]++;
        long again = seed + 1_000_003L * rounds[part];
        queues.get(part).addAll(parts.get(part).plan(batching, again, epoch));
      }
      int start = starts[part];
      batches.add(Arrays.stream(queues.get(part).remove()).map(row -> row + start).toArray());
    }
    return batches;
  }

  private static int draw(double[] shares, double at) {
    double sum = 0;
    for (int i = 0; i < shares.length - 1; i++) {
      sum += shares[i];
      if (at < sum) {
        return i;
      }
    }
    return shares.length - 1;
  }

  @Override
  public Preparation prepare(PromptedBackbone pass, int epochs, StateStore store) {
    return parts.stream()
        .map(part -> part.prepare(pass, epochs, store))
        .reduce(Preparation.NONE, Preparation::and);
  }

  @Override
  public Loss loss(PromptedBackbone pass, int[] rows) {
    int part = part(rows[0]);
    return parts.get(part).loss(pass, own(part, rows));
  }

  /** Every task counts by its rows, and its batches among themselves by their terms. */
  @Override
  public BatchWeights weights(List<int[]> batches) {
    return BatchWeights.meanOfGroups(
        batches.stream().mapToInt(batch -> part(batch[0])).toArray(),
        batches.stream().mapToLong(this::terms).toArray(),
        batches.stream().mapToLong(batch -> batch.length).toArray());
  }

  private long terms(int[] rows) {
    int part = part(rows[0]);
    return parts.get(part).terms(own(part, rows));
  }

  /** The rows as their part counts them. */
  private int[] own(int part, int[] rows) {
    return Arrays.stream(rows).map(row -> row - starts[part]).toArray();
  }

  private int part(int row) {
    int part = 0;
    while (row >= starts[part + 1]) {
      part++;
    }
    return part;
  }

  @Override
  public Evaluation evaluate(PromptedBackbone pass, GradientExchange exchange) {
    double loss = 0;
    double primary = 0;
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put(primaryMetric(), 0.0);
    Set<String> undefined = new LinkedHashSet<>();
    for (int i = 0; i < parts.size(); i++) {
      Evaluation own = parts.get(i).evaluate(pass, exchange);
      String name = names.get(i);
      own.metrics().forEach((metric, value) -> metrics.put(name + "." + metric, value));
      own.undefined().forEach(metric -> undefined.add(name + "." + metric));
      loss += own.loss() / parts.size();
      OptionalDouble its = own.metric(parts.get(i).primaryMetric());
      if (its.isEmpty()) {
        undefined.add(primaryMetric()); // a mean of the others could not be compared
      }
      primary += its.orElse(0) / parts.size();
    }
    metrics.put(primaryMetric(), primary);
    metrics.keySet().removeAll(undefined);
    return new Evaluation(loss, metrics, undefined, Optional.empty());
  }

  @Override
  public List<String> doubts() {
    List<String> doubts = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      String name = names.get(i);
      parts.get(i).doubts().forEach(doubt -> doubts.add(name + ": " + doubt));
    }
    return doubts;
  }

  @Override
  public String primaryMetric() {
    return "mean";
  }

  @Override
  public double blindLoss() {
    int[] rows = IntStream.range(0, parts.size()).map(i -> starts[i + 1] - starts[i]).toArray();
    double[] shares = shares(rows, temperature);
    double loss = 0;
    for (int i = 0; i < parts.size(); i++) {
      loss += shares[i] * parts.get(i).blindLoss();
    }
    return loss;
  }

  @Override
  public void close() {
    parts.forEach(TaskObjective::close);
  }
}
