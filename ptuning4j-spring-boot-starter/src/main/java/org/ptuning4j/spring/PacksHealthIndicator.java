package org.ptuning4j.spring;

import java.util.LinkedHashMap;
import java.util.Map;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.predict.Predictor;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/**
 * Whether packs can be asked. A pack that cannot be loaded is named with the reason, and those
 * beside it are asked as ever: the application is out of service only where it has packs and none
 * of them can be asked. A pack that was loaded once counts as ready while it is out of memory.
 */
public final class PacksHealthIndicator extends AbstractHealthIndicator {

  private final Predictor predictor;

  /** The health of a predictor's packs. */
  public PacksHealthIndicator(Predictor predictor) {
    super("the packs cannot be listed");
    this.predictor = predictor;
  }

  @Override
  protected void doHealthCheck(Health.Builder health) {
    Map<String, String> packs = new LinkedHashMap<>();
    int ready = 0;
    for (String name : predictor.tasks()) {
      String state = state(name);
      ready += state.equals("ready") ? 1 : 0;
      packs.put(name, state);
    }
    health.status(ready == 0 && !packs.isEmpty() ? Status.OUT_OF_SERVICE : Status.UP);
    health.withDetail("ready", ready).withDetail("packs", packs);
  }

  private String state(String name) {
    try {
      predictor.prepared(name);
      return "ready";
    } catch (InvalidInputException e) {
      return e.getMessage();
    } catch (RuntimeException e) {
      return "unexpected: " + e;
    }
  }
}
