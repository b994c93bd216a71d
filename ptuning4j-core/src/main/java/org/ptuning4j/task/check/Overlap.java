package org.ptuning4j.task.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Examples;
import org.ptuning4j.task.Task;

/**
 * Inputs of a dev file that are in the training file as well: where they are many, its figures
 * flatter. Checking files and training on them say so in the same words.
 *
 * @param trainFile the training file
 * @param devFile the dev file
 * @param rows how many rows of the dev file
 * @param share of all its usable rows, 0 to 1
 * @param first the first of them
 */
public record Overlap(
    String trainFile, String devFile, int rows, double share, List<SharedInput> first) {

  /** A smaller share is chance. */
  private static final double NOTABLE = 0.05;

  /**
   * An input that both files hold.
   *
   * @param trainLine its first line in the training file
   * @param devLine its line in the dev file
   */
  public record SharedInput(int trainLine, int devLine) {}

  /** Compares the usable rows of two files by their texts in normal form. */
  public static <E extends Example> Overlap between(
      Task<E> task, Examples<E> train, Examples<E> dev) {
    EqualInputs inputs = EqualInputs.of(CheckedExample.of(task, train));
    List<SharedInput> shared = new ArrayList<>();
    for (CheckedExample example : CheckedExample.of(task, dev)) {
      List<CheckedExample> same = inputs.byInput().get(example.input());
      if (same != null) {
        shared.add(new SharedInput(same.get(0).line(), example.line()));
      }
    }
    double share = shared.isEmpty() ? 0 : (double) shared.size() / dev.examples().size();
    return new Overlap(
        train.file().toString(),
        dev.file().toString(),
        shared.size(),
        share,
        List.copyOf(shared.subList(0, Math.min(EqualInputs.SHOWN, shared.size()))));
  }

  /** Whether there are so many that the figures of the dev file mean less; fewer are chance. */
  public boolean isNotable() {
    return share >= NOTABLE;
  }

  /** What it means, in a sentence, where it means something. */
  public Optional<String> warning() {
    return isNotable() ? Optional.of(sentence()) : Optional.empty();
  }

  /** What it means, in a sentence. */
  public String sentence() {
    if (rows == 0) {
      return "no row of " + devFile + " is in " + trainFile + " too";
    }
    if (share == 1) {
      return String.format(
          Locale.ROOT,
          "all rows (%,d) of %s are in %s too: its figures say how well these are remembered, not"
              + " how well others will be answered; keep other rows for the evaluation",
          rows,
          devFile,
          trainFile);
    }
    return String.format(
            Locale.ROOT,
            "%,d %s of %s (%.1f %%) %s in %s too%s: ",
            rows,
            rows == 1 ? "row" : "rows",
            devFile,
            100 * share,
            rows == 1 ? "is" : "are",
            trainFile,
            isNotable() ? ", so its figures flatter" : "")
        + first.stream()
            .map(same -> "line " + same.devLine() + " = line " + same.trainLine())
            .collect(Collectors.joining(", "));
  }
}
