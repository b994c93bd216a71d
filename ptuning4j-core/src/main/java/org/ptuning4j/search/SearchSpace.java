package org.ptuning4j.search;

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
 */
public record SearchSpace(List<Dimension> dimensions, List<Map<String, String>> starters) {

  /** Copies the lists and checks them. */
  public SearchSpace {
    dimensions = List.copyOf(dimensions);
    starters = starters.stream().map(Map::copyOf).toList();
    if (dimensions.isEmpty()) {
      throw InvalidInputException.of("over: nothing is left to search; every setting is given");
    }
    Set<String> names = new HashSet<>();
    for (Dimension dimension : dimensions) {
      if (!names.add(dimension.setting())) {
        throw InvalidInputException.of("over: %s is there twice", dimension.setting());
      }
    }
    for (Map<String, String> starter : starters) {
      if (!names.containsAll(starter.keySet())) {
        throw InvalidInputException.of(
            "starters: %s have settings that are not searched (%s)", starter.keySet(), names);
      }
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
