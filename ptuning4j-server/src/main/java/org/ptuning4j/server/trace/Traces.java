package org.ptuning4j.server.trace;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.Version;

/**
 * Where traces of requests go. A request's span has the span of its caller as parent where the
 * request names one (W3C's {@code traceparent}, or as {@code OTEL_PROPAGATORS} says). No text,
 * answer, key or path of a request is part of a trace.
 */
public final class Traces implements AutoCloseable {

  private static final String SCOPE = "org.ptuning4j.server";

  /** One of them says that there are to be traces. */
  private static final List<String> WANTED =
      List.of(
          "OTEL_EXPORTER_OTLP_ENDPOINT",
          "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
          "OTEL_TRACES_EXPORTER");

  private final OpenTelemetry telemetry;
  private final Runnable end;
  private final Tracer tracer;

  private Traces(OpenTelemetry telemetry, Runnable end) {
    this.telemetry = telemetry;
    this.end = end;
    this.tracer =
        telemetry.tracerBuilder(SCOPE).setInstrumentationVersion(Version.current()).build();
  }

  /** No traces. */
  public static Traces none() {
    return of(OpenTelemetry.noop());
  }

  /** Traces by what the program has set up; it is not closed with them. */
  public static Traces of(OpenTelemetry telemetry) {
    return new Traces(telemetry, () -> {});
  }

  /**
   * Traces as the standard variables of OpenTelemetry say. Without {@code
   * OTEL_EXPORTER_OTLP_ENDPOINT}, {@code OTEL_EXPORTER_OTLP_TRACES_ENDPOINT} and {@code
   * OTEL_TRACES_EXPORTER}, or with {@code OTEL_SDK_DISABLED=true}, there are none. Otherwise they
   * are sent as OTLP over HTTP, in the background.
   *
   * @param environment the process's variables
   * @throws InvalidInputException if a variable cannot be used
   */
  public static Traces ofEnvironment(Map<String, String> environment) {
    if (!areWanted(environment)) {
      return none();
    }
    try {
      OpenTelemetrySdk sdk =
          AutoConfiguredOpenTelemetrySdk.builder()
              .disableShutdownHook() // closed with this, after the last request
              .addPropertiesSupplier(Traces::usual)
              .addPropertiesCustomizer(ignored -> properties(environment))
              .build()
              .getOpenTelemetrySdk();
      return new Traces(sdk, sdk::close);
    } catch (ConfigurationException e) {
      throw new InvalidInputException(
          "a variable OTEL_… of the environment cannot be used: " + e.getMessage(), e);
    }
  }

  private static boolean areWanted(Map<String, String> environment) {
    boolean disabled = environment.getOrDefault("OTEL_SDK_DISABLED", "").equalsIgnoreCase("true");
    boolean nowhere = environment.getOrDefault("OTEL_TRACES_EXPORTER", "").equals("none");
    return !disabled
        && !nowhere
        && WANTED.stream().anyMatch(name -> !environment.getOrDefault(name, "").isBlank());
  }

  /** What holds where the environment says nothing. */
  private static Map<String, String> usual() {
    return Map.of("otel.service.name", "ptune", "otel.exporter.otlp.protocol", "http/protobuf");
  }

  /** The variables as properties; only traces are sent, metrics are read at {@code /metrics}. */
  private static Map<String, String> properties(Map<String, String> environment) {
    Map<String, String> properties = new LinkedHashMap<>();
    environment.forEach(
        (name, value) -> {
          if (name.startsWith("OTEL_") && !value.isBlank()) {
            properties.put(name.toLowerCase(Locale.ROOT).replace('_', '.'), value);
          }
        });
    properties.put("otel.metrics.exporter", "none");
    properties.put("otel.logs.exporter", "none");
    return properties;
  }

  /**
   * Begins the span of a request.
   *
   * @param name of the span, until its route is known
   * @param carrier of the request's headers
   * @param getter finds one by its name
   * @param <C> what has headers
   */
  public <C> RequestTrace begin(String name, C carrier, TextMapGetter<C> getter) {
    Context caller =
        telemetry.getPropagators().getTextMapPropagator().extract(Context.root(), carrier, getter);
    Span span = tracer.spanBuilder(name).setParent(caller).setSpanKind(SpanKind.SERVER).startSpan();
    return new RequestTrace(tracer, span, caller);
  }

  /** Sends what is left of traces, for some seconds at most, and ends. */
  @Override
  public void close() {
    end.run();
  }
}
