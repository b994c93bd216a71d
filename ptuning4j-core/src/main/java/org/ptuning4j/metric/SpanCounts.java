package org.ptuning4j.metric;

import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.ptuning4j.InvalidInputException;

/** Counts, by type, of spans that are true, predicted, and both. */
final class SpanCounts {

  private static final class Count {
    int right;
    int support;
    int predicted;

    LabelScore score() {
      return LabelScore.of(right, support, predicted);
    }
  }

  private final SortedMap<String, Count> types = new TreeMap<>();
  private final Count all = new Count();

  /** Adds the spans of one sequence; a span is right if it equals a true one. */
  <S> void add(Collection<S> truth, Collection<S> predicted, Function<S, String> type) {
    for (S span : truth) {
      of(type.apply(span)).support++;
      all.support++;
    }
    Set<S> wanted = new HashSet<>(truth);
    for (S span : predicted) {
      Count count = of(type.apply(span));
      count.predicted++;
      all.predicted++;
      if (wanted.contains(span)) {
        count.right++;
        all.right++;
      }
    }
  }

  /** All types together. */
  LabelScore total() {
    return all.score();
  }

  /** By type, sorted; unmodifiable. */
  Map<String, LabelScore> table() {
    SortedMap<String, LabelScore> table = new TreeMap<>();
    types.forEach((type, count) -> table.put(type, count.score()));
    return Collections.unmodifiableSortedMap(table);
  }

  private Count of(String type) {
    return types.computeIfAbsent(type, key -> new Count());
  }

  /**
   * Requires at least one sequence, as many predicted as true, of the same lengths.
   *
   * @param kind what a sequence is called in the message
   */
  static void requireAligned(List<List<String>> truth, List<List<String>> predicted, String kind) {
    if (truth.isEmpty() || truth.size() != predicted.size()) {
      throw InvalidInputException.of(
          "%d true %ss and %d predicted ones: there must be as many, at least one",
          truth.size(), kind, predicted.size());
    }
    for (int i = 0; i < truth.size(); i++) {
      if (truth.get(i).size() != predicted.get(i).size()) {
        throw InvalidInputException.of(
            "%s %d has %d true tags and %d predicted ones: there must be as many",
            kind, i, truth.get(i).size(), predicted.get(i).size());
      }
    }
  }
}
