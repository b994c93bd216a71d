package org.ptuning4j.prompt;

import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/** The words of a model, from which prompts may start. */
public interface PromptVocabulary {

  /** The number of words. */
  int size();

  /** The token ids of a text, without special tokens. */
  int[] ids(String text);

  /** The token ids of a text that follows other words. */
  default int[] idsWithin(String text) {
    return ids(text);
  }

  /** The id of a token as the vocabulary writes it, such as {@code [unused1]}. */
  OptionalInt id(String token);

  /** The ids of {@code [unused<first>]} and those that follow it, as far as there are any. */
  default IntStream unused(int first) {
    return IntStream.iterate(first, number -> number + 1)
        .mapToObj(number -> id("[unused" + number + "]"))
        .takeWhile(OptionalInt::isPresent)
        .mapToInt(OptionalInt::getAsInt);
  }

  /**
   * Word embeddings.
   *
   * @return {@code [ids, E]}, fp32, without a graph
   */
  Tensor vectors(int[] ids);
}
