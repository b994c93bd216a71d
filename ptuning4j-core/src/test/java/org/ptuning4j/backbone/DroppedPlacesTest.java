package org.ptuning4j.backbone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.TinyFamily;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;

/**
 * Where each family drops, as its published code does: the random numbers that a pass of one row of
 * 8 tokens draws, at one kind of place at a time. A state is 32 wide, an embedding of ELECTRA's and
 * ALBERT's 16, the inside of the feed-forward network 48; there are 4 heads and 2 layers.
 */
class DroppedPlacesTest {

  private static final int LENGTH = 8;

  private static final Map<String, DropoutRates> PLACES =
      Map.of(
          "embeddings", new DropoutRates(0, 0, 0.5, 0),
          "probabilities", new DropoutRates(0, 0.5, 0, 0),
          "attention", new DropoutRates(0, 0, 0, 0.5),
          "feed-forward", new DropoutRates(0.5, 0, 0, 0));

  @TempDir Path temp;

  /** The last two: after attention, and in or after the feed-forward network, of each layer. */
  @ParameterizedTest
  @CsvSource({
    "bert, 256, 256, 256",
    "roberta, 256, 256, 256",
    "mpnet, 256, 256, 256",
    "distilbert, 256, 0, 256",
    "electra, 128, 256, 256",
    "albert, 128, 256, 0",
    "modernbert, 256, 256, 384",
  })
  void masksAreDrawnWhereThePublishedCodeDrawsThem(
      String family, int embeddings, int attention, int feedForward) {
    try (Backbone backbone = new TinyFamily(family).load(temp)) {
      assertThat(drawn(backbone, "embeddings")).as("embeddings").isEqualTo(embeddings);
      assertThat(drawn(backbone, "probabilities"))
          .as("probabilities")
          .isEqualTo(2 * 4 * LENGTH * LENGTH);
      assertThat(drawn(backbone, "attention")).as("attention").isEqualTo(2L * attention);
      assertThat(drawn(backbone, "feed-forward")).as("feed-forward").isEqualTo(2L * feedForward);
    }
  }

  /**
   * T5 and its kin drop what each of the two halves begins and ends with, what each attention gives
   * (the decoder has two a layer), and within and after each feed-forward network. The encoder has
   * 2 layers and 8 tokens, the decoder 3 and 4.
   */
  @ParameterizedTest
  @ValueSource(strings = {"t5", "mt5"})
  void bothHalvesOfAnEncoderDecoderDrop(String family) {
    long source = 8;
    long target = 4;
    TokenRow row =
        TokenRow.of(new int[] {5, 11, 12, 13, 14, 15, 16, 1, 0, 20, 21, 22}, new int[12])
            .withTarget(LENGTH);
    TokenBatch both = TokenBatch.of(List.of(row), 0);
    try (Backbone backbone = new TinyFamily(family).load(temp)) {
      assertThat(drawn(backbone, "embeddings", both)).isEqualTo((source + target) * 32);
      assertThat(drawn(backbone, "probabilities", both))
          .isEqualTo(4 * (2 * source * source + 3 * (target * target + target * source)));
      assertThat(drawn(backbone, "attention", both)).isEqualTo(32 * (2 * source + 3 * 2 * target));
      assertThat(drawn(backbone, "feed-forward", both))
          .isEqualTo((32 + 48) * (2 * source + 3 * target) + 32 * (source + target));
    }
  }

  /** How many values get a mask: a number of the stream is one for four of them. */
  private static long drawn(Backbone backbone, String place) {
    TokenBatch tokens =
        TokenBatch.of(
            List.of(new int[] {5, 11, 12, 13, 14, 15, 16, 6}), List.of(new int[LENGTH]), 0);
    return drawn(backbone, place, tokens);
  }

  private static long drawn(Backbone backbone, String place, TokenBatch tokens) {
    RandomStream stream = RandomStream.of(3);
    ForwardOptions options =
        new ForwardOptions(Positions.ALL, false, Dropout.from(stream), PLACES.get(place));
    Scope.run(() -> backbone.forward(tokens, Injection.none(), options).lastHidden().numel());
    return stream.position() * 4;
  }
}
