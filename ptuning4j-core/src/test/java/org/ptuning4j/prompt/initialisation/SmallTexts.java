package org.ptuning4j.prompt.initialisation;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.prompt.PromptTexts;
import org.ptuning4j.tensor.Tensors;

/**
 * Texts of two labels, of which the "keys and values" say what was asked: entry c of a token's row
 * is id · 1000 + c.
 */
record SmallTexts(int width, List<String> remarks) implements PromptTexts {

  static SmallTexts of(int width) {
    return new SmallTexts(width, new ArrayList<>());
  }

  @Override
  public List<String> labels() {
    return List.of("w1 w2", "w3");
  }

  @Override
  public List<LabelledText> examples() {
    return List.of(
        new LabelledText("w10 w11 w12 w13", "w1 w2"), new LabelledText("w20 w21 w22", "w3"));
  }

  @Override
  public List<int[]> rows(int most) {
    if (most < 2) {
      throw new InvalidInputException("two rows are too many");
    }
    return List.of(new int[] {1, 3}, new int[] {8});
  }

  @Override
  public int[] before() {
    return new int[] {1};
  }

  @Override
  public int[] after() {
    return new int[] {2};
  }

  @Override
  public Tensor keysAndValues(int[] ids) {
    float[] values = new float[ids.length * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = ids[i / width] * 1000f + i % width;
    }
    return Tensors.of(values, ids.length, width);
  }

  @Override
  public void remark(String sentence) {
    remarks.add(sentence);
  }
}
