package org.ptuning4j.prompt;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.InvalidInputException;

/** The texts of no run. */
enum NoTexts implements PromptTexts {
  INSTANCE;

  private static InvalidInputException nothing() {
    return new InvalidInputException(
        "init: a prompt starts from texts where a run has a model and data; here is neither");
  }

  @Override
  public List<String> labels() {
    throw nothing();
  }

  @Override
  public List<LabelledText> examples() {
    throw nothing();
  }

  @Override
  public List<int[]> rows(int most) {
    return List.of();
  }

  @Override
  public int[] before() {
    return new int[0];
  }

  @Override
  public int[] after() {
    return new int[0];
  }

  @Override
  public Tensor keysAndValues(int[] ids) {
    throw nothing();
  }

  @Override
  public void remark(String sentence) {
    // No one watches.
  }
}
