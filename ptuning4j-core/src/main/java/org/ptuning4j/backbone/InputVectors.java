package org.ptuning4j.backbone;

import java.util.Arrays;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.tensor.Tensors;

/**
 * Soft tokens at the input: vectors that take the place of word embeddings (prompt tuning,
 * P-tuning, soft prompts).
 *
 * @param index where each stands in the batch, row · n + column
 * @param vectors {@code [N, E]} in the order of {@code index}, fp32 or the backbone's type; E is
 *     the width of the word embeddings
 */
@SuppressWarnings("ArrayRecordComponent") // short-lived and never compared
public record InputVectors(long[] index, Tensor vectors) {

  /** These and others, one after the other. */
  public InputVectors and(InputVectors others) {
    return new InputVectors(
        LongStream.concat(Arrays.stream(index), Arrays.stream(others.index)).toArray(),
        Tensors.cat(0, vectors, others.vectors));
  }
}
