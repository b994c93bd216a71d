package org.ptuning4j.task.check;

import java.util.ArrayList;
import java.util.List;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.TextExample;

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

  /** Compares the usable rows of two files, text by text and exactly. */
  public static Overlap between(Examples<TextExample> train, Examples<TextExample> dev) {
    Inputs inputs = Inputs.of(train.examples());
    List<SharedInput> shared = new ArrayList<>();
    for (TextExample example : dev.examples()) {
      List<TextExample> same = inputs.byInput().get(Inputs.Input.of(example));
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
        List.copyOf(shared.subList(0, Math.min(Inputs.SHOWN, shared.size()))));
  }
}
