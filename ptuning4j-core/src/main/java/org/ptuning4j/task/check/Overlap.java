package org.ptuning4j.task.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Examples;
import org.ptuning4j.task.Task;

/**
 * Inputs of a dev file that stand in the training file as well, so that its figures flatter.
 *
 * @param trainFile the training file
 * @param devFile the dev file
 * @param rows how many rows of the dev file
 * @param share of all its usable rows, 0 to 1
 * @param first the first of them
 */
public record Overlap(
    String trainFile, String devFile, int rows, double share, List<SharedInput> first) {

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

  /** What it means, in a sentence. */
  public String sentence() {
    if (rows == 0) {
      return "no row of " + devFile + " stands in " + trainFile + " too";
    }
    return String.format(
            Locale.ROOT,
            "%,d %s of %s (%.1f %%) also in %s, so its figures flatter: ",
            rows,
            rows == 1 ? "row" : "rows",
            devFile,
            100 * share,
            trainFile)
        + first.stream()
            .map(same -> "line " + same.devLine() + " = line " + same.trainLine())
            .collect(Collectors.joining(", "));
  }
}
