package org.ptuning4j.data.value;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The numbers that stand for labels in re-exported copies of SuperGLUE (those of Hugging Face's
 * Hub): 0 for the first label, and so on, and -1 where the benchmark hides the answer. Only
 * published data sets have such numbers; in anybody's own data 0 is a label called 0.
 */
public final class NumberedLabels {

  private static final List<String> ENTAILMENT = List.of("entailment", "not_entailment");
  private static final List<String> FLAGS = List.of("false", "true");

  private static final Map<String, List<String>> PUBLISHED =
      Map.ofEntries(
          Map.entry("rte", ENTAILMENT),
          Map.entry("axb", ENTAILMENT),
          Map.entry("axg", ENTAILMENT),
          Map.entry("cb", List.of("entailment", "contradiction", "neutral")),
          Map.entry("boolq", FLAGS),
          Map.entry("wic", FLAGS),
          Map.entry("wic-marked", FLAGS),
          Map.entry("wsc", FLAGS),
          Map.entry("wsc-marked", FLAGS),
          Map.entry("sst2", List.of("0", "1")));

  private NumberedLabels() {}

  /** Whether copies of that task's data number these labels. */
  public static boolean areOf(String task, List<String> labels) {
    return labels.equals(PUBLISHED.get(task));
  }

  /** The label of a number, counted from 0. */
  public static Optional<String> label(Object value, List<String> labels) {
    String number = NormalLabel.of(value);
    return number.matches("[0-9]{1,4}") && Integer.parseInt(number) < labels.size()
        ? Optional.of(labels.get(Integer.parseInt(number)))
        : Optional.empty();
  }

  /** Whether the value is the number that hides an answer. */
  public static boolean isHidden(Object value) {
    return (value instanceof Number || value instanceof String)
        && NormalLabel.of(value).equals("-1");
  }
}
