package org.ptuning4j.registry;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.ptuning4j.InvalidInputException;

/**
 * What is published under one name: a summary of the audit log, which can be made again from it.
 *
 * @param sequence the last event that is in it; 0 for none
 * @param last the greatest number that a version ever had
 * @param versions those whose files are there, by number
 * @param aliases where each alias points, after where it pointed before: the last one counts
 */
record NameState(
    long sequence,
    int last,
    NavigableMap<Integer, VersionState> versions,
    Map<String, List<Integer>> aliases) {

  /** How many earlier places of an alias are kept, for rolling back. */
  private static final int EARLIER = 50;

  static final NameState EMPTY = new NameState(0, 0, new TreeMap<>(), Map.of());

  /**
   * A version that is there.
   *
   * @param digest the SHA-256 of its {@code version.json}
   * @param retired whether it is not to be used any more
   */
  record VersionState(String digest, boolean retired) {}

  NameState {
    versions = Collections.unmodifiableNavigableMap(new TreeMap<>(versions));
    aliases = Collections.unmodifiableMap(new TreeMap<>(aliases));
  }

  /** The state after an event; an event that is in it already changes nothing. */
  NameState after(RegistryEvent event) {
    if (event.sequence() <= sequence) {
      return this;
    }
    NavigableMap<Integer, VersionState> newVersions = new TreeMap<>(versions);
    Map<String, List<Integer>> newAliases = new LinkedHashMap<>(aliases);
    int version = event.version();
    switch (event.action()) {
      case PUBLISH -> newVersions.put(version, new VersionState(event.digest(), false));
      case RETIRE ->
          newVersions.computeIfPresent(
              version, (number, found) -> new VersionState(found.digest(), true));
      case PURGE -> newVersions.remove(version);
      case PROMOTE -> newAliases.merge(event.alias(), List.of(version), NameState::joined);
      case ROLLBACK ->
          newAliases.computeIfPresent(
              event.alias(), (alias, places) -> List.copyOf(places.subList(0, places.size() - 1)));
    }
    return new NameState(event.sequence(), Math.max(last, version), newVersions, newAliases);
  }

  private static List<Integer> joined(List<Integer> earlier, List<Integer> next) {
    List<Integer> all = new ArrayList<>(earlier);
    all.addAll(next);
    return List.copyOf(all.subList(Math.max(0, all.size() - EARLIER), all.size()));
  }

  /** Where an alias points. */
  OptionalInt alias(String alias) {
    List<Integer> places = aliases.getOrDefault(alias, List.of());
    return places.isEmpty() ? OptionalInt.empty() : OptionalInt.of(places.get(places.size() - 1));
  }

  /** Where an alias pointed before, as far as that can be used still. */
  OptionalInt before(String alias) {
    List<Integer> places = aliases.getOrDefault(alias, List.of());
    return places.size() < 2 ? OptionalInt.empty() : OptionalInt.of(places.get(places.size() - 2));
  }

  /** The aliases that point to a version. */
  List<String> aliasesOf(int version) {
    return aliases.keySet().stream().filter(alias -> alias(alias).orElse(0) == version).toList();
  }

  /**
   * The version that is meant.
   *
   * @throws InvalidInputException if there is none, or it is retired
   */
  int resolve(PackReference reference) {
    int number =
        reference.version().isPresent()
            ? reference.version().getAsInt()
            : reference
                .alias()
                .map(this::alias)
                .orElseGet(this::newest)
                .orElseThrow(() -> missing(reference));
    VersionState found =
        Optional.ofNullable(versions.get(number)).orElseThrow(() -> missing(reference));
    if (found.retired()) {
      throw InvalidInputException.of(
          "pack: %s is version %d, which is retired; %s",
          reference, number, inUse(reference.name()));
    }
    return number;
  }

  /** The version that is meant; empty if there is none, or it is retired. */
  OptionalInt find(PackReference reference) {
    OptionalInt number =
        reference.version().isPresent()
            ? reference.version()
            : reference.alias().map(this::alias).orElseGet(this::newest);
    VersionState found = number.isPresent() ? versions.get(number.getAsInt()) : null;
    return found == null || found.retired() ? OptionalInt.empty() : number;
  }

  private OptionalInt newest() {
    return versions.descendingMap().entrySet().stream()
        .filter(version -> !version.getValue().retired())
        .mapToInt(Map.Entry::getKey)
        .findFirst();
  }

  private InvalidInputException missing(PackReference reference) {
    int number = reference.version().orElse(0);
    String why =
        number > 0 && number <= last
            ? reference + " was retired, and its files are deleted"
            : "there is no " + reference + " in the registry";
    return InvalidInputException.of("pack: %s; %s", why, inUse(reference.name()));
  }

  private String inUse(String name) {
    List<Integer> numbers =
        versions.entrySet().stream()
            .filter(version -> !version.getValue().retired())
            .map(Map.Entry::getKey)
            .toList();
    List<String> set = aliases.keySet().stream().filter(each -> alias(each).isPresent()).toList();
    return "%s has the versions %s and the aliases %s"
        .formatted(name, listed(numbers), listed(set));
  }

  private static String listed(List<?> all) {
    return all.isEmpty()
        ? "(none)"
        : all.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }
}
