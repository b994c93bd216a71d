package org.ptuning4j.task.check;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.value.MissingMark;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.template.ColumnValues;

/**
 * What a person should know of data that can be trained on all the same: checking a file and
 * training on it say the same, from here.
 */
public final class DataWarnings {

  private static final int SHOWN = 5;

  /** The special tokens of the usual model families; {@code <s>} is HTML as well, and left out. */
  private static final Pattern SPECIAL_TOKEN =
      Pattern.compile("\\[(CLS|SEP|MASK|PAD|UNK)]|<(mask|pad|unk|/s)>|<\\|endoftext\\|>");

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
    of(task, train.examples(), training, labels)
        .forEach(warning -> warnings.add(train.file() + ": " + warning));
    if (!train.fingerprint().equals(dev.fingerprint())) {
      of(task, dev.examples(), CheckedExample.of(task, dev), labels)
          .forEach(warning -> warnings.add(dev.file() + ": " + warning));
    }
    return warnings;
  }

  /**
   * Of a file that a trained model is evaluated on: what its figures would not show.
   *
   * @param task with the labels of the training data
   */
  public static <E extends Example> List<String> ofEvaluation(Task<E> task, Examples<E> examples) {
    return TagWarnings.of(task, examples.examples(), CheckedExample.of(task, examples));
  }

  /**
   * Of one file, most important first.
   *
   * @param read the examples themselves
   * @param labels those of the task, where they are known
   */
  static List<String> of(
      Task<?> task,
      List<? extends Example> read,
      List<CheckedExample> examples,
      Collection<String> labels) {
    LabelWarnings ofLabels = LabelWarnings.of(examples, labels);
    List<String> warnings = new ArrayList<>(TagWarnings.of(task, read, examples));
    warnings.addAll(ofLabels.all());
    if (task.answersInTexts().isEmpty()) { // of which training says more
      warnings.addAll(ofLabels.withinTexts());
    }
    warnings.addAll(constantNumber(examples));
    warnings.addAll(missingTexts(examples));
    warnings.addAll(specialTokens(examples));
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

  /** Of numbers, which are no labels: with one for all rows there is nothing to learn. */
  private static List<String> constantNumber(List<CheckedExample> examples) {
    List<Object> numbers =
        examples.stream()
            .map(CheckedExample::content)
            .filter(content -> content.labels().isEmpty())
            .flatMap(content -> content.written().stream())
            .toList();
    return numbers.size() > 1 && numbers.stream().distinct().count() == 1
        ? List.of(
            String.format(
                Locale.ROOT,
                "all %,d rows have the same number, %s: there is nothing to learn, and correlations"
                    + " with it are undefined",
                numbers.size(),
                numbers.get(0)))
        : List.of();
  }

  private static List<String> missingTexts(List<CheckedExample> examples) {
    return textsWith(examples, MissingMark::isOne, "looks", "look")
        .map(found -> found.start() + " like a missing value: " + found.shown())
        .stream()
        .toList();
  }

  /** Other libraries make tokens of these, so they may have been meant as such. */
  private static List<String> specialTokens(List<CheckedExample> examples) {
    return textsWith(examples, text -> SPECIAL_TOKEN.matcher(text).find(), "spells", "spell")
        .map(
            found ->
                found.start()
                    + " a special token of some models, which is read as any other text; a second"
                    + " text goes into a column of its own: "
                    + found.shown())
        .stream()
        .toList();
  }

  /**
   * Texts that are worth a warning.
   *
   * @param start how many they are, and the verb
   * @param shown the first of them with their lines
   */
  private record OddTexts(String start, String shown) {}

  private static Optional<OddTexts> textsWith(
      List<CheckedExample> examples, Predicate<String> isOdd, String oneDoes, String manyDo) {
    List<CheckedExample> odd =
        examples.stream()
            .filter(example -> example.content().texts().stream().anyMatch(isOdd))
            .toList();
    if (odd.isEmpty()) {
      return Optional.empty();
    }
    String start =
        odd.size() == 1
            ? "1 text " + oneDoes
            : String.format(Locale.ROOT, "%,d texts %s", odd.size(), manyDo);
    String shown =
        odd.stream()
            .limit(SHOWN)
            .map(example -> "'" + first(example, isOdd) + "' (line " + example.line() + ")")
            .collect(Collectors.joining(", "));
    return Optional.of(new OddTexts(start, shown));
  }

  private static String first(CheckedExample example, Predicate<String> isOdd) {
    String text = example.content().texts().stream().filter(isOdd).findFirst().orElseThrow();
    return ColumnValues.shown(text);
  }
}
