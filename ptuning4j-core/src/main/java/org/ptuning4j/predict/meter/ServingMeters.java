package org.ptuning4j.predict.meter;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.ptuning4j.predict.Outcome;
import org.ptuning4j.predict.Problem;
import org.ptuning4j.predict.Request;
import org.ptuning4j.predict.Residency;
import org.ptuning4j.predict.batching.BatcherListener;
import org.ptuning4j.predict.batching.Stages;

/**
 * What a batcher and its packs are measured by, in any registry of Micrometer. No label has a value
 * that a request could choose without limit: of tasks the first 200 have a count of their own.
 */
public final class ServingMeters implements BatcherListener {

  /** Tasks with a count of their own; those that come later are counted together. */
  private static final int MOST_TASKS = 200;

  private static final String OTHER_TASKS = "(other)";

  private final MeterRegistry registry;
  private final BoundedNames tasks = new BoundedNames(MOST_TASKS, OTHER_TASKS);
  private final List<Watched> watched = new CopyOnWriteArrayList<>(); // meters hold it weakly
  private final DistributionSummary rows;
  private final Counter tokens;
  private final Counter padding;
  private final Timer busy;

  /** What can be read at any time. */
  private record Watched(IntSupplier waiting, Supplier<Residency> residency) {}

  /** Adds the meters to a registry. */
  public ServingMeters(MeterRegistry registry) {
    this.registry = Objects.requireNonNull(registry, "registry");
    this.rows =
        DistributionSummary.builder("ptuning4j.batch.rows")
            .description("rows of the batches that the model computed")
            .register(registry);
    this.tokens = counter("ptuning4j.tokens", "tokens that the model computed");
    this.padding =
        counter("ptuning4j.padding", "places of batches that were computed without a token");
    this.busy =
        Timer.builder("ptuning4j.model.busy")
            .description("time that the model computed")
            .register(registry);
  }

  private Counter counter(String name, String description) {
    return Counter.builder(name).description(description).register(registry);
  }

  /**
   * Adds what can be read at any time.
   *
   * @param waiting questions that are accepted and not yet answered
   * @param residency which packs are in memory
   */
  public void watch(IntSupplier waiting, Supplier<Residency> residency) {
    Watched of = new Watched(waiting, residency);
    watched.add(of);
    gauge(
        "ptuning4j.questions.waiting",
        "accepted and not yet answered",
        of,
        w -> w.waiting().getAsInt());
    gauge(
        "ptuning4j.packs.resident", "packs in memory", of, w -> w.residency().get().tasks().size());
    gauge(
        "ptuning4j.packs.bytes", "bytes of packs in memory", of, w -> w.residency().get().bytes());
    count("ptuning4j.packs.loads", "packs loaded", of, w -> w.residency().get().loads());
    count("ptuning4j.packs.evictions", "packs dropped", of, w -> w.residency().get().evictions());
  }

  private void gauge(String name, String description, Watched of, ToDoubleFunction<Watched> value) {
    Gauge.builder(name, of, value).description(description).register(registry);
  }

  private void count(String name, String description, Watched of, ToDoubleFunction<Watched> value) {
    FunctionCounter.builder(name, of, value).description(description).register(registry);
  }

  @Override
  public void refused(Request request, Problem problem) {
    question("(refused)", problem.name());
  }

  @Override
  public void computed(int batchRows, long batchTokens, long places) {
    rows.record(batchRows);
    tokens.increment((double) batchTokens);
    padding.increment((double) (places - batchTokens));
  }

  @Override
  public void batch(int requests, long nanos) {
    busy.record(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void answered(Request request, Outcome outcome, Stages stages) {
    String problem = outcome.failure().map(failure -> failure.problem().name()).orElse("");
    boolean known = !problem.equals(Problem.UNKNOWN_TASK.name());
    question(known ? tasks.of(request.task()) : OTHER_TASKS, problem);
    stage("queued", stages.queued());
    stage("read", stages.read());
    stage("waited", stages.waited());
    stage("computed", stages.computed());
  }

  private void question(String task, String problem) {
    Counter.builder("ptuning4j.questions")
        .description("questions to tasks")
        .tag("task", task)
        .tag("outcome", problem.isEmpty() ? "answered" : label(problem))
        .register(registry)
        .increment();
  }

  private static String label(String problem) {
    return problem.toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private void stage(String name, long nanos) {
    Timer.builder("ptuning4j.question.stage")
        .description("time of a question in each stage")
        .tag("stage", name)
        .publishPercentileHistogram()
        .minimumExpectedValue(Duration.ofNanos(100_000))
        .maximumExpectedValue(Duration.ofSeconds(30))
        .register(registry)
        .record(nanos, TimeUnit.NANOSECONDS);
  }
}
