package org.ptuning4j.task.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.tagging.TaggedSentence;
import org.ptuning4j.task.Task;

/** What makes figures on words with tags better or worse than a person would think. */
final class TagWarnings {

  private static final int SHOWN = 5;

  private TagWarnings() {}

  /**
   * Of the examples of a file.
   *
   * @param task with the tags of the training data, where they are known
   */
  static List<String> of(Task<?> task, List<? extends Example> examples, List<CheckedExample> all) {
    List<String> warnings = new ArrayList<>();
    Set<String> types = task.answersWords() ? task.labelWords().keySet() : Set.of();
    if (!types.isEmpty()) {
      warnings.addAll(unknown(types, all));
    }
    long cut =
        examples.stream()
            .filter(TaggedSentence.class::isInstance)
            .map(TaggedSentence.class::cast)
            .filter(TaggedSentence::isCutAtTags)
            .count();
    if (cut > 0) {
      warnings.add(
          String.format(
              Locale.ROOT,
              "%,d %s within words, which are split there; a text that is asked has no such places,"
                  + " so figures on these are too good: give words, or let entities end where words"
                  + " do",
              cut,
              cut == 1 ? "text has entities that end" : "texts have entities that end"));
    }
    return warnings;
  }

  /** Spans of types that cannot be found. */
  private static List<String> unknown(Set<String> known, List<CheckedExample> examples) {
    Map<String, Integer> others = new TreeMap<>();
    for (CheckedExample example : examples) {
      for (String type : example.content().labels()) {
        if (!known.contains(type)) {
          others.merge(type, 1, Integer::sum);
        }
      }
    }
    if (others.isEmpty()) {
      return List.of();
    }
    int spans = others.values().stream().mapToInt(Integer::intValue).sum();
    return List.of(
        String.format(
            Locale.ROOT,
            "%,d %s no tag that was learnt, and cannot be found: %s%s",
            spans,
            spans == 1 ? "span has" : "spans have",
            others.keySet().stream().limit(SHOWN).collect(Collectors.joining(", ")),
            others.size() > SHOWN ? ", …" : ""));
  }
}
