package org.ptuning4j.task.check;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.value.MissingMark;
import org.ptuning4j.task.Task;

/**
 * What a person should know of data that can be trained on all the same: checking a file and
 * training on it say the same, from here.
 */
public final class DataWarnings {

  private static final int SHOWN = 5;

  private DataWarnings() {}

  /**
   * Of the two files of a run, each warning with its file. What both have in common is another
   * question: see {@link Overlap}.
   *
   * @param task with the labels of the training data
   */
  public static <E extends Example> List<String> ofFiles(
      Task<E> task, Collection<String> labels, Examples<E> train, Examples<E> dev) {
    List<String> warnings = new ArrayList<>();
    List<CheckedExample> training = CheckedExample.of(task, train);
    of(task, training, labels).forEach(warning -> warnings.add(train.file() + ": " + warning));
    if (!train.fingerprint().equals(dev.fingerprint())) {
      of(task, CheckedExample.of(task, dev), labels)
          .forEach(warning -> warnings.add(dev.file() + ": " + warning));
    }
    return warnings;
  }

  /**
   * Of one file, most important first.
   *
   * @param labels those of the task, where they are known
   */
  static List<String> of(Task<?> task, List<CheckedExample> examples, Collection<String> labels) {
    LabelWarnings ofLabels = LabelWarnings.of(examples, labels);
    List<String> warnings = new ArrayList<>(ofLabels.all());
    if (task.answersInTexts().isEmpty()) { // of which training says more
      warnings.addAll(ofLabels.withinTexts());
    }
    warnings.addAll(missingTexts(examples));
    EqualInputs inputs = EqualInputs.of(examples);
    int conflicts = inputs.conflicts().inputs();
    if (conflicts > 0) {
      warnings.add(
          (conflicts == 1 ? "1 input occurs" : conflicts + " inputs occur")
              + " with different labels");
    }
    int repeats = inputs.repeats().rows();
    if (repeats > 0) {
      warnings.add(
          String.format(
              Locale.ROOT,
              "%,d %s an earlier input",
              repeats,
              repeats == 1 ? "row repeats" : "rows repeat"));
    }
    return List.copyOf(warnings);
  }

  private static List<String> missingTexts(List<CheckedExample> examples) {
    List<CheckedExample> missing =
        examples.stream()
            .filter(example -> example.content().texts().stream().anyMatch(MissingMark::isOne))
            .toList();
    if (missing.isEmpty()) {
      return List.of();
    }
    return List.of(
        (missing.size() == 1 ? "1 text looks" : missing.size() + " texts look")
            + " like a missing value: "
            + missing.stream()
                .limit(SHOWN)
                .map(
                    example ->
                        "'"
                            + example.content().texts().stream()
                                .filter(MissingMark::isOne)
                                .findFirst()
                                .orElseThrow()
                            + "' (line "
                            + example.line()
                            + ")")
                .collect(Collectors.joining(", ")));
  }
}
