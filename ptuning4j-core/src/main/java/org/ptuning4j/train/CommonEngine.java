package org.ptuning4j.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.KernelPlan;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.train.exchange.GradientExchange;

/**
 * The engine of a run: with the kernels that its folder records, and the same precision and kernels
 * at all of its workers.
 */
final class CommonEngine {

  private static final ObjectMapper JSON = new ObjectMapper();

  private CommonEngine() {}

  /**
   * An engine with the kernels of the run.
   *
   * @param recorded those that the run in the folder was begun with
   * @param exchange connects the run's workers, which use the first one's kernels. They are not
   *     measured then: workers on one machine would disturb each other
   */
  static Engine of(Precision precision, Optional<KernelPlan> recorded, GradientExchange exchange) {
    if (exchange.isAlone()) {
      return recorded
          .map(plan -> Engine.recorded(precision, plan))
          .orElseGet(() -> Engine.measured(precision));
    }
    Engine own =
        recorded
            .map(plan -> Engine.recorded(precision, plan))
            .orElseGet(() -> Engine.open(precision));
    Chosen first = read(exchange.gather(bytes(new Chosen(own.precision(), own.plan()))).get(0));
    return Engine.recorded(first.precision(), first.plan());
  }

  /** What a worker would compute with. */
  private record Chosen(Precision precision, KernelPlan plan) {}

  private static byte[] bytes(Chosen chosen) {
    try {
      return JSON.writeValueAsString(chosen).getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("precision and kernels are plain data", e);
    }
  }

  private static Chosen read(byte[] bytes) {
    try {
      return JSON.readValue(bytes, Chosen.class);
    } catch (IOException e) {
      throw new UncheckedIOException("the first worker's kernels cannot be read", e);
    }
  }
}
