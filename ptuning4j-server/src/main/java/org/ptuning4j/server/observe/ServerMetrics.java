package org.ptuning4j.server.observe;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import org.ptuning4j.predict.batching.BatcherListener;
import org.ptuning4j.predict.meter.ServingMeters;
import org.ptuning4j.server.serving.Serving;

/**
 * What a server counts and measures, as Prometheus reads it. No label has a value that a request
 * could choose: routes are those that the server knows, tasks those that it serves.
 */
public final class ServerMetrics {

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final ServingMeters questions = new ServingMeters(registry);

  /** Metrics of a process, which has nothing to serve yet. */
  public ServerMetrics() {
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
  }

  /** What is to be told of questions and batches. */
  public BatcherListener questions() {
    return questions;
  }

  /** Adds what can be read of tasks at any time. */
  public void watch(Serving serving) {
    questions.watch(serving::waiting, serving::residency);
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

  /** All of it in Prometheus' text format. */
  public String text() {
    return registry.scrape();
  }
}
