package org.ptuning4j;

import static org.assertj.core.api.Assertions.assertThat;

import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.tensor.Tensors;

/** Comparisons of tensors with a stated tolerance. */
public final class Closeness {

  private Closeness() {}

  /** Every entry within {@code absolute + relative · |expected|}. */
  public static void assertClose(
      String what, Tensor actual, Tensor expected, double absolute, double relative) {
    assertThat(Tensors.shape(actual)).as(what + ": shape").isEqualTo(Tensors.shape(expected));
    float[] found = Tensors.floats(actual);
    float[] wanted = Tensors.floats(expected);
    for (int i = 0; i < found.length; i++) {
      double allowed = absolute + relative * Math.abs(wanted[i]);
      double difference = Math.abs((double) found[i] - wanted[i]);
      assertThat(difference)
          .as("%s[%d]: %s, expected %s", what, i, found[i], wanted[i])
          .isLessThanOrEqualTo(allowed);
    }
  }

  /** The same for hidden states {@code [B, n, H]}, at the positions that are not padding. */
  public static void assertCloseAtTokens(
      String what, Tensor actual, Tensor expected, TokenBatch tokens, double absolute) {
    assertThat(Tensors.shape(actual)).as(what + ": shape").isEqualTo(Tensors.shape(expected));
    int width = Math.toIntExact(expected.numel() / (tokens.rows() * (long) tokens.columns()));
    float[] found = Tensors.floats(actual);
    float[] wanted = Tensors.floats(expected);
    for (int i = 0; i < found.length; i++) {
      if (tokens.mask()[i / width] != 0) {
        assertThat((double) Math.abs(found[i] - wanted[i]))
            .as("%s[%d]: %s, expected %s", what, i, found[i], wanted[i])
            .isLessThanOrEqualTo(absolute);
      }
    }
  }
}
