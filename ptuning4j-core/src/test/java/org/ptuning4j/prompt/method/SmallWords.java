package org.ptuning4j.prompt.method;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.prompt.PromptVocabulary;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Tensors;

/**
 * A vocabulary of four special tokens, some unused ones, and the words w0, w1, …; each entry's
 * vector is a function of its id.
 */
public record SmallWords(List<String> tokens, int width) implements PromptVocabulary {

  public static SmallWords of(int unused, int words, int width) {
    return new SmallWords(
        Stream.of(
                Stream.of("[PAD]", "[CLS]", "[SEP]", "[MASK]"),
                IntStream.range(0, unused).mapToObj(i -> "[unused" + i + "]"),
                IntStream.range(0, words).mapToObj(i -> "w" + i))
            .flatMap(part -> part)
            .toList(),
        width);
  }

  @Override
  public int size() {
    return tokens.size();
  }

  @Override
  public int[] ids(String text) {
    return text.isBlank()
        ? new int[0]
        : Arrays.stream(text.split(" ", -1)).mapToInt(tokens::indexOf).toArray();
  }

  @Override
  public OptionalInt id(String token) {
    int id = tokens.indexOf(token);
    return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
  }

  @Override
  public Tensor vectors(int[] ids) {
    float[] values = new float[ids.length * width];
    for (int row = 0; row < ids.length; row++) {
      RandomStream random = RandomStream.of(ids[row]);
      for (int column = 0; column < width; column++) {
        values[row * width + column] = (float) random.nextGaussian();
      }
    }
    return Tensors.of(values, ids.length, width);
  }
}
