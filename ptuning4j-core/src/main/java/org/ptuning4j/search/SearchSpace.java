package org.ptuning4j.search;

import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.ptuning4j.InvalidInputException;

/**
 * What is searched: some settings, each with its values, and settings to begin with.
 *
 * @param dimensions the settings, each once
 * @param starters settings that are tried before any are drawn, the first of all first; a setting
 *     that is not searched is not in them
 * @param changes what is changed of them, one after the other, before any are drawn
 */
public record SearchSpace(
    List<Dimension> dimensions, List<Map<String, String>> starters, List<Change> changes) {

  /**
   * Settings that are likely to be better than those that a search begins with.
   *
   * @param settings one or more
   */
  public record Change(Map<String, String> settings) {

    /** Copies the settings in their order. */
    public Change {
      settings = copy(settings);
    }

    /** Other settings with this change. */
    Map<String, String> of(Map<String, String> others) {
      Map<String, String> all = new LinkedHashMap<>(others);
      all.putAll(settings);
      return all;
    }

    /** Whether settings have it already. */
    boolean isIn(Map<String, String> others) {
      return others.entrySet().containsAll(settings.entrySet());
    }
  }

  /** A space without changes. */
  public SearchSpace(List<Dimension> dimensions, List<Map<String, String>> starters) {
    this(dimensions, starters, List.of());
  }

  /** Copies the lists and checks them. */
  public SearchSpace {
    dimensions = List.copyOf(dimensions);
    starters = starters.stream().map(SearchSpace::copy).toList();
    changes = List.copyOf(changes);
    if (dimensions.isEmpty()) {
      throw InvalidInputException.of("over: nothing is left to search; every setting is given");
    }
    Set<String> names = new HashSet<>();
    for (Dimension dimension : dimensions) {
      if (!names.add(dimension.setting())) {
        throw InvalidInputException.of("over: %s is there twice", dimension.setting());
      }
    }
    starters.forEach(starter -> requireSearched("starters", starter, names));
    changes.forEach(change -> requireSearched("changes", change.settings(), names));
  }

  /** A copy in the same order: it is shown, and written into files. */
  private static Map<String, String> copy(Map<String, String> settings) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }

  private static void requireSearched(
      String field, Map<String, String> settings, Set<String> names) {
    if (!names.containsAll(settings.keySet())) {
      throw InvalidInputException.of(
          "%s: %s have settings that are not searched (%s)", field, settings.keySet(), names);
    }
  }

  /** The dimension of a setting. */
  public Optional<Dimension> find(String setting) {
    return dimensions.stream().filter(each -> each.setting().equals(setting)).findFirst();
  }

  /** As it was declared, by setting. */
  public Map<String, String> described() {
    Map<String, String> described = new LinkedHashMap<>();
    dimensions.forEach(each -> described.put(each.setting(), each.domain().text()));
    return described;
  }
}
