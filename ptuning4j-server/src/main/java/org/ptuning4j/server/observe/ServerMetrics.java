package org.ptuning4j.server.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.ptuning4j.predict.Outcome;
import org.ptuning4j.predict.Problem;
import org.ptuning4j.predict.Request;
import org.ptuning4j.predict.batching.BatcherListener;
import org.ptuning4j.predict.batching.Stages;
import org.ptuning4j.server.serving.Serving;

/**
 * What a server counts and measures, as Prometheus reads it. No label has a value that a request
 * could choose: routes are those that the server knows, tasks those that it serves.
 */
public final class ServerMetrics implements BatcherListener {

  /** Tasks with a count of their own; those that come later are counted together. */
  private static final int MOST_TASKS = 200;

  private static final String OTHER_TASKS = "(other)";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final BoundedNames tasks = new BoundedNames(MOST_TASKS, OTHER_TASKS);
  private final DistributionSummary rows =
      DistributionSummary.builder("ptuning4j.batch.rows")
          .description("rows of the batches that the model computed")
          .register(registry);
  private final Counter tokens = counter("ptuning4j.tokens", "tokens that the model computed");
  private final Counter padding =
      counter("ptuning4j.padding", "places of batches that were computed without a token");
  private final Timer busy =
      Timer.builder("ptuning4j.model.busy")
          .description("time that the model computed")
          .register(registry);

  /** Metrics of a process, which has nothing to serve yet. */
  public ServerMetrics() {
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
  }

  private Counter counter(String name, String description) {
    return Counter.builder(name).description(description).register(registry);
  }

  /** Adds what can be read of tasks at any time. */
  public void watch(Serving serving) {
    gauge(
        "ptuning4j.questions.waiting", "accepted and not yet answered", serving, Serving::waiting);
    gauge(
        "ptuning4j.packs.resident", "packs in memory", serving, s -> s.residency().tasks().size());
    gauge("ptuning4j.packs.bytes", "bytes of packs in memory", serving, s -> s.residency().bytes());
    count("ptuning4j.packs.loads", "packs loaded", serving, s -> s.residency().loads());
    count("ptuning4j.packs.evictions", "packs dropped", serving, s -> s.residency().evictions());
  }

  private void gauge(String name, String description, Serving of, ToDoubleFunction<Serving> value) {
    Gauge.builder(name, of, value).description(description).register(registry);
  }

  private void count(String name, String description, Serving of, ToDoubleFunction<Serving> value) {
    FunctionCounter.builder(name, of, value).description(description).register(registry);
  }

  /**
   * A request of HTTP was answered.
   *
   * @param method of a known route, or {@code OTHER}
   * @param route as the server knows it, such as {@code /v1/tasks/{task}}; empty for none
   */
  public void request(String method, String route, int status, Duration time) {
    Timer.builder("ptuning4j.http.requests")
        .description("requests of HTTP")
        .tag("method", method)
        .tag("route", route.isEmpty() ? "(none)" : route)
        .tag("status", String.valueOf(status))
        .publishPercentileHistogram()
        .minimumExpectedValue(Duration.ofMillis(1))
        .maximumExpectedValue(Duration.ofSeconds(30))
        .register(registry)
        .record(time);
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

  /** All of it in Prometheus' text format. */
  public String text() {
    return registry.scrape();
  }
}
