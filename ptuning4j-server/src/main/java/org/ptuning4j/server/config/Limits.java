package org.ptuning4j.server.config;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.predict.batching.BatcherSettings;
import org.ptuning4j.server.json.JsonLimits;

/**
 * What one request, and all of them together, may take.
 *
 * @param values every limit's, above 0
 */
public record Limits(Map<Limit, Integer> values) {

  /** Checks each value; a limit that is missing has its usual one. */
  public Limits {
    Map<Limit, Integer> all = new EnumMap<>(Limit.class);
    for (Limit limit : Limit.values()) {
      int value = values.getOrDefault(limit, limit.usual());
      if (value < 1) {
        throw InvalidInputException.of(
            "limits.%s: %d; a whole number of at least 1 is expected", limit.label(), value);
      }
      all.put(limit, value);
    }
    values = Collections.unmodifiableMap(all);
  }

  /** The usual ones. */
  public static Limits standard() {
    return new Limits(Map.of());
  }

  /**
   * The limits of a file; those that it does not name are the usual ones.
   *
   * @throws InvalidInputException naming a limit that is not known or whose value is not usable
   */
  public static Limits read(Fields fields) {
    List<String> names = Stream.of(Limit.values()).map(Limit::label).toList();
    fields.requireOnly(names);
    Map<Limit, Integer> given = new EnumMap<>(Limit.class);
    for (Limit limit : Limit.values()) {
      given.put(limit, fields.integer(limit.label(), limit.usual()));
    }
    return new Limits(given);
  }

  /** A limit's value. */
  public int of(Limit limit) {
    return values.get(limit);
  }

  /** A limit's value in seconds. */
  public Duration seconds(Limit limit) {
    return Duration.ofSeconds(of(limit));
  }

  /** The same with one limit changed. */
  public Limits with(Limit limit, int value) {
    Map<Limit, Integer> changed = new EnumMap<>(values);
    changed.put(limit, value);
    return new Limits(changed);
  }

  /** Others with those of this that a running server cannot change. */
  public Limits reloadedWith(Limits newer) {
    Map<Limit, Integer> changed = new EnumMap<>(values);
    newer
        .values()
        .forEach(
            (limit, v) -> changed.computeIfPresent(limit, (l, own) -> l.isReloadable() ? v : own));
    return new Limits(changed);
  }

  /** How questions of many callers are put together. */
  public BatcherSettings batching() {
    return BatcherSettings.standard()
        .withCapacity(of(Limit.WAITING))
        .withTokens(of(Limit.BATCH_TOKENS));
  }

  /** Those of JSON. */
  public JsonLimits json() {
    return new JsonLimits(
        of(Limit.JSON_DEPTH),
        of(Limit.NUMBER_LENGTH),
        of(Limit.TEXT_LENGTH),
        of(Limit.JSON_VALUES));
  }
}
