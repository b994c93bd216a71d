package org.ptuning4j.task.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.ptuning4j.data.value.ListText;
import org.ptuning4j.data.value.LookAlikes;
import org.ptuning4j.data.value.MissingMark;
import org.ptuning4j.data.value.NormalText;
import org.ptuning4j.data.value.OddSpelling;

/**
 * What is odd about the labels of a file, by name.
 *
 * @param examples those of the file
 * @param counts how often each label occurs, and 0 for those of the task that do not
 */
record LabelWarnings(List<CheckedExample> examples, Map<String, Integer> counts) {

  /** The share of one label from which accuracy says little. */
  private static final double ONE_SIDED = 0.9;

  /** In fewer rows a label that occurs once is no wonder. */
  private static final int ENOUGH_ROWS = 10;

  private static final int SHOWN = 5;

  /** What people put between several labels. */
  private static final List<String> SIGNS = List.of(";", ",", "|");

  /** The share of rows in which a text holds its label that cannot be chance. */
  private static final double ALWAYS = 0.95;

  static LabelWarnings of(List<CheckedExample> examples, Collection<String> known) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    known.forEach(label -> counts.put(label, 0));
    Map<String, Integer> found = new TreeMap<>();
    for (CheckedExample example : examples) {
      example.content().labels().forEach(label -> found.merge(label, 1, Integer::sum));
    }
    counts.putAll(found);
    return new LabelWarnings(examples, counts);
  }

  List<String> all() {
    List<String> warnings = new ArrayList<>();
    warnings.addAll(spellings());
    warnings.addAll(lookAlikes());
    warnings.addAll(missing());
    warnings.addAll(lists());
    warnings.addAll(joined());
    warnings.addAll(shares());
    return warnings;
  }

  private List<String> present() {
    return counts.keySet().stream().filter(label -> counts.get(label) > 0).toList();
  }

  /** The same label, written in several ways. */
  private List<String> spellings() {
    Map<String, Map<Object, Integer>> lines = new LinkedHashMap<>();
    for (CheckedExample example : examples) {
      List<String> labels = example.content().labels();
      List<Object> written = example.content().written();
      for (int i = 0; i < Math.min(labels.size(), written.size()); i++) {
        lines
            .computeIfAbsent(labels.get(i), key -> new LinkedHashMap<>())
            .putIfAbsent(written.get(i), example.line());
      }
    }
    List<String> warnings = new ArrayList<>();
    lines.forEach(
        (label, ways) -> {
          if (ways.size() > 1) {
            warnings.add(
                "label '"
                    + label
                    + "' is written in "
                    + ways.size()
                    + " ways, taken as one: "
                    + ways.entrySet().stream()
                        .limit(SHOWN)
                        .map(way -> way(way.getKey(), label) + " (line " + way.getValue() + ")")
                        .collect(Collectors.joining(", ")));
          }
        });
    return warnings;
  }

  private static String way(Object written, String label) {
    return OddSpelling.of(written, label).orElse("'" + label + "'");
  }

  private List<String> lookAlikes() {
    List<String> warnings = new ArrayList<>();
    for (List<String> group : LookAlikes.among(present())) {
      for (int i = 1; i < group.size(); i++) {
        warnings.add(
            String.format(
                Locale.ROOT,
                "labels %s; they are two classes (%s and %s)",
                LookAlikes.difference(group.get(0), group.get(i)),
                rows(counts.get(group.get(0))),
                rows(counts.get(group.get(i)))));
      }
    }
    return warnings;
  }

  private List<String> missing() {
    List<String> marks = present().stream().filter(MissingMark::isOne).toList();
    if (marks.isEmpty()) {
      return List.of();
    }
    boolean one = marks.size() == 1;
    return List.of(
        (one ? "label " : "labels ")
            + marks.stream()
                .map(label -> "'" + label + "' (" + rows(counts.get(label)) + ")")
                .collect(Collectors.joining(", "))
            + (one ? " looks" : " look")
            + " like missing values; unless that is meant, leave these rows out");
  }

  private List<String> lists() {
    return counts.keySet().stream()
        .filter(label -> ListText.parse(label).isPresent())
        .limit(SHOWN)
        .map(
            label ->
                "label '"
                    + label
                    + "' is a list written as text; several labels for a text are a task of kind"
                    + " multi-label")
        .toList();
  }

  /** Labels made of others with a sign between them: several labels for a text were meant. */
  private List<String> joined() {
    List<String> warnings = new ArrayList<>();
    for (String sign : SIGNS) {
      Map<String, Long> parts =
          present().stream()
              .flatMap(label -> parts(label, sign).stream())
              .collect(Collectors.groupingBy(part -> part, Collectors.counting()));
      List<String> joined =
          present().stream()
              .filter(label -> parts(label, sign).size() > 1)
              .filter(label -> parts(label, sign).stream().allMatch(part -> parts.get(part) > 1))
              .toList();
      if (!joined.isEmpty()) {
        warnings.add(
            (joined.size() == 1 ? "label '" : "labels '")
                + joined.stream().limit(SHOWN).collect(Collectors.joining("', '"))
                + (joined.size() == 1 ? "' is" : joined.size() > SHOWN ? "' … are" : "' are")
                + " other labels joined by '"
                + sign
                + "'; several labels for a text are a task of kind multi-label with separator '"
                + sign
                + "'");
      }
    }
    return warnings;
  }

  private static Set<String> parts(String label, String sign) {
    return Arrays.stream(label.split(Pattern.quote(sign), -1))
        .map(String::strip)
        .filter(part -> !part.isEmpty())
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private List<String> shares() {
    List<String> warnings = new ArrayList<>();
    int all = counts.values().stream().mapToInt(Integer::intValue).sum();
    if (all == 0) {
      return warnings;
    }
    List<String> absent = counts.keySet().stream().filter(l -> counts.get(l) == 0).toList();
    if (!absent.isEmpty()) {
      String quoted = "'" + String.join("', '", absent) + "'";
      warnings.add(
          absent.size() == 1
              ? "label " + quoted + " does not occur"
              : "labels " + quoted + " do not occur");
    }
    counts.forEach(
        (label, count) -> {
          double share = (double) count / all;
          if (share >= ONE_SIDED && share < 1 && isOneEach()) {
            warnings.add(
                String.format(
                    Locale.ROOT,
                    "always saying '%s' would be right in %.1f %% of the rows: look at macro_f1 or"
                        + " mcc",
                    label,
                    100 * share));
          }
        });
    List<String> present = present();
    if (present.size() == 1 && isOneEach()) {
      warnings.add("'" + present.get(0) + "' is the only label in the file");
    }
    List<String> rare =
        counts.keySet().stream().filter(label -> counts.get(label) == 1).limit(SHOWN).toList();
    if (all >= ENOUGH_ROWS && !rare.isEmpty()) {
      warnings.add(
          "one row only has label '"
              + String.join("'; one '", rare)
              + "': too few to learn it from");
    }
    return warnings;
  }

  /** Whether each example has one label, so that shares of labels are shares of rows. */
  private boolean isOneEach() {
    return examples.stream().allMatch(example -> example.content().labels().size() == 1);
  }

  /** Each text tells its own label, and no other: the answer is in the question. */
  List<String> withinTexts() {
    List<CheckedExample> asked =
        examples.stream().filter(example -> !example.label().isEmpty()).toList();
    if (asked.size() < SHOWN - 1 || counts.size() < 2) {
      return List.of();
    }
    List<CheckedExample> telling = asked.stream().filter(LabelWarnings::tellsItsLabel).toList();
    boolean others = telling.stream().filter(this::tellsAnotherLabel).count() * 2 > telling.size();
    if (telling.size() < ALWAYS * asked.size() || others) {
      return List.of();
    }
    CheckedExample first = telling.get(0);
    return List.of(
        String.format(
            Locale.ROOT,
            "the text holds its own label in %s of %s (line %d: '%s'); is the label's column part"
                + " of the text?",
            telling.size(),
            rows(asked.size()),
            first.line(),
            first.label()));
  }

  private static boolean tellsItsLabel(CheckedExample example) {
    return words(example).contains(words(example.label()));
  }

  private boolean tellsAnotherLabel(CheckedExample example) {
    String text = words(example);
    return counts.keySet().stream()
        .anyMatch(label -> !label.equals(example.label()) && text.contains(words(label)));
  }

  private static String words(CheckedExample example) {
    return words(String.join(" ", example.content().texts()));
  }

  private static String words(String text) {
    return " "
        + NormalText.of(text)
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^\\p{L}\\p{N}\\p{M}]+", " ")
            .strip()
        + " ";
  }

  private static String rows(int count) {
    return String.format(Locale.ROOT, "%,d %s", count, count == 1 ? "row" : "rows");
  }
}
