package org.ptuning4j.search;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One set of settings, and how far it came.
 *
 * @param number from 0, in the order in which they were begun
 * @param origin where the settings come from, such as {@code drawn} or {@code near 3}
 * @param settings those that the search sets, by name; others have their defaults or were given
 * @param seed of the run
 * @param start the prompt that it starts from; null for none
 * @param legs what it did, in order
 * @param repeats the same settings with other seeds
 * @param failure why it cannot go on; null if it can
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Trial(
    int number,
    String origin,
    Map<String, String> settings,
    long seed,
    WarmStart start,
    List<Leg> legs,
    List<Repeat> repeats,
    String failure) {

  /** The best first; of equal ones that with fewer trained values, then the earlier one. */
  static final Comparator<Trial> BEST_FIRST =
      Comparator.comparingDouble((Trial trial) -> -trial.last().orElseThrow().value())
          .thenComparingLong(trial -> trial.last().orElseThrow().parameters())
          .thenComparingInt(Trial::number);

  /** Copies what could change. */
  public Trial {
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    legs = List.copyOf(legs);
    repeats = List.copyOf(repeats);
  }

  /**
   * The settings of a trial, trained once more from the beginning.
   *
   * @param seed another one
   * @param leg what became of it; null if it failed
   * @param failure why; null if it did not
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Repeat(long seed, Leg leg, String failure) {}

  /** One that has done nothing yet. */
  static Trial begun(
      int number,
      String origin,
      Map<String, String> settings,
      long seed,
      Optional<WarmStart> start) {
    return new Trial(
        number, origin, settings, seed, start.orElse(null), List.of(), List.of(), null);
  }

  Trial with(Leg leg) {
    List<Leg> more = new ArrayList<>(legs);
    more.add(leg);
    return new Trial(number, origin, settings, seed, start, more, repeats, null);
  }

  Trial with(Repeat repeat) {
    List<Repeat> more = new ArrayList<>(repeats);
    more.add(repeat);
    return new Trial(number, origin, settings, seed, start, legs, more, failure);
  }

  Trial failed(String cause) {
    return new Trial(number, origin, settings, seed, start, legs, repeats, cause);
  }

  /** Where it stands; empty before its first comparison. */
  public Optional<Leg> last() {
    return legs.isEmpty() ? Optional.empty() : Optional.of(legs.get(legs.size() - 1));
  }

  /** Where it stood when it had made so many epochs. */
  Optional<Leg> at(int epochs) {
    return legs.stream().filter(leg -> leg.whole() && leg.epochs() == epochs).findFirst();
  }

  /** Whether it can no longer go on. */
  public boolean hasFailed() {
    return failure != null;
  }

  /** Whether it counts: it was evaluated, and nothing went wrong. */
  public boolean counts() {
    return !hasFailed() && !legs.isEmpty();
  }

  /** The whole epochs that it has made. */
  public int epochs() {
    return last().map(Leg::epochs).orElse(0);
  }

  /** The seconds of training to where it stands, those of its start included. */
  public double trainSeconds() {
    double own = last().map(Leg::trainSeconds).orElse(0d);
    return own + (start == null ? 0 : start.trainSeconds());
  }

  /** The method's name, where the search sets it. */
  Optional<String> method() {
    return Optional.ofNullable(settings.get(Dimension.METHOD));
  }
}
