package org.ptuning4j.registry;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which versions are looked for; an empty field lets all through.
 *
 * @param task the task's name or kind
 * @param method the method that trained it
 * @param backbone part of the backbone's id, or the beginning of its hash
 * @param metrics metrics, each with the least value that is wanted
 */
public record PackSearch(
    Optional<String> task,
    Optional<String> method,
    Optional<String> backbone,
    Map<String, Double> metrics) {

  /** Copies the map. */
  public PackSearch {
    metrics = new TreeMap<>(metrics);
  }

  /** All versions. */
  public static PackSearch all() {
    return new PackSearch(Optional.empty(), Optional.empty(), Optional.empty(), Map.of());
  }

  /** Whether a version is looked for. */
  public boolean matches(VersionFacts facts) {
    return task.map(asked -> asked.equals(facts.task()) || asked.equals(facts.kind())).orElse(true)
        && method.map(asked -> asked.equals(facts.method())).orElse(true)
        && backbone
            .map(
                asked ->
                    facts.backbone().id().contains(asked)
                        || facts.backbone().weightsSha256().startsWith(asked))
            .orElse(true)
        && metrics.entrySet().stream()
            .allMatch(
                least ->
                    facts.metrics().getOrDefault(least.getKey(), Double.NaN) >= least.getValue());
  }
}
