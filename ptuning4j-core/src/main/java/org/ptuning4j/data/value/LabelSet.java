package org.ptuning4j.data.value;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.Spelling;

/**
 * The labels of a task as they were named, found by what files write. A value is a label where both
 * have the same {@link NormalLabel}. Where the labels are false and true, 0 and 1 mean them too,
 * and the other way round.
 */
public final class LabelSet {

  private static final Set<String> FLAGS = Set.of("false", "true");
  private static final Set<String> BITS = Set.of("0", "1");
  private static final int SHOWN = 20;

  /** Of one letter any other is a near miss. */
  private static final int SHORTEST_TYPO = 3;

  private final List<String> labels;
  private final Map<String, String> byNormalForm = new HashMap<>();

  /**
   * Labels in the order of the head's outputs.
   *
   * @throws InvalidInputException where one is blank or two are the same, naming both
   */
  public LabelSet(List<String> labels) {
    this.labels = List.copyOf(labels);
    for (String label : labels) {
      String normal = NormalLabel.of(label);
      if (normal.isEmpty()) {
        throw InvalidInputException.of(
            "labels: %s has no visible character", CodePoints.quoted(label));
      }
      String earlier = byNormalForm.put(normal, label);
      if (earlier != null) {
        throw InvalidInputException.of(
            "labels: %s and %s are the same label%s",
            CodePoints.quoted(earlier),
            CodePoints.quoted(label),
            earlier.equals(label) ? "" : " in its normal form, " + CodePoints.quoted(normal));
      }
    }
    addTwins();
  }

  /** 0 and 1 beside false and true, or the other way round. */
  private void addTwins() {
    Set<String> known = new LinkedHashSet<>(byNormalForm.keySet());
    if (known.equals(FLAGS)) {
      byNormalForm.put("0", byNormalForm.get("false"));
      byNormalForm.put("1", byNormalForm.get("true"));
    } else if (known.equals(BITS)) {
      byNormalForm.put("false", byNormalForm.get("0"));
      byNormalForm.put("true", byNormalForm.get("1"));
    }
  }

  /** All of them, as they were named. */
  public List<String> all() {
    return labels;
  }

  /** The label that a text, a number or a boolean means. */
  public Optional<String> find(Object value) {
    return Optional.ofNullable(byNormalForm.get(NormalLabel.of(value)));
  }

  /** What is wrong with a value that means none of the labels, with the one that looks like it. */
  public String problem(Object value) {
    String label = NormalLabel.of(value);
    String hint =
        LookAlikes.of(label, labels)
            .map(other -> "; " + LookAlikes.difference(label, other))
            .or(
                () ->
                    Optional.of(label)
                        .filter(given -> given.length() >= SHORTEST_TYPO)
                        .flatMap(given -> Spelling.closest(given, labels))
                        .map(other -> "; did you mean '" + other + "'?"))
            .orElse("");
    return "label " + CodePoints.quoted(label) + " is none of the labels: " + shown() + hint;
  }

  private String shown() {
    String more = labels.size() > SHOWN ? ", … (" + labels.size() + " in all)" : "";
    return String.join(", ", labels.subList(0, Math.min(SHOWN, labels.size()))) + more;
  }
}
