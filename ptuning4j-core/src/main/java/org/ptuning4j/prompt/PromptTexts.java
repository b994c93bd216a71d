package org.ptuning4j.prompt;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.InvalidInputException;

/**
 * The texts of a run from which prompts may start, and what its model computes for texts. Nothing
 * of it is read unless a method asks.
 */
public interface PromptTexts {

  /**
   * A training row with its answer.
   *
   * @param text what the model reads of it
   * @param label its label in words
   */
  record LabelledText(String text, String label) {}

  /**
   * The labels of all tasks in words, each task's in the order of its head's outputs.
   *
   * @throws InvalidInputException if a task has none
   */
  List<String> labels();

  /**
   * The first training row of each label that has one, in the order of {@link #labels}.
   *
   * @throws InvalidInputException if a task has no labels
   */
  List<LabelledText> examples();

  /**
   * Training rows as the model reads them, spread evenly over the data of all tasks.
   *
   * @param most how many at most
   * @return none where there is no run
   */
  List<int[]> rows(int most);

  /** The special tokens that the model has before a text. */
  int[] before();

  /** The special tokens that the model has after a text. */
  int[] after();

  /**
   * The keys and values that the model computes for a text alone, in the layout of a deep prompt's
   * matrix over all layers.
   *
   * @param ids token ids, one at least
   * @return {@code [ids, L·2·K·d]}, fp32, without a graph
   */
  Tensor keysAndValues(int[] ids);

  /** Tells whoever watches the run how its prompt starts. */
  void remark(String sentence);

  /** No run: there is nothing to start from. */
  static PromptTexts none() {
    return NoTexts.INSTANCE;
  }
}
