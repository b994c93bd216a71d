package org.ptuning4j.prompt;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.engine.Engine;

/** Each method with three tokens or so, and batches for them. */
final class SmallMethods {

  /** The number of virtual or soft tokens of {@link #all}. */
  static final int LENGTH = 3;

  private static final int W = TokenRow.WORD;

  private SmallMethods() {}

  static PTuningV2 deep(int length, String layers, PositionConvention positions) {
    return new PTuningV2(
        length, new LayerRange(layers), Optional.empty(), 0, positions, Initialisation.UNIT_NORMAL);
  }

  static PTuningV2 projected() {
    return new PTuningV2(
        LENGTH,
        new LayerRange("2-3"),
        Optional.of(16),
        0,
        PositionConvention.SHIFTED,
        Initialisation.UNIT_NORMAL);
  }

  static PTuning encoded(PTuning.Encoder encoder) {
    Optional<Integer> hidden = encoder.hasWidth() ? Optional.of(7) : Optional.empty();
    return PTuning.with(LENGTH, encoder, hidden);
  }

  /** Every method that trains a prompt, with each of its forms. */
  static Stream<PromptMethod> all() {
    return Stream.concat(
        Stream.of(
            deep(LENGTH, "2-3", PositionConvention.SHIFTED),
            projected(),
            new PrefixTuning(
                LENGTH, 16, 0, PositionConvention.UNSHIFTED, Initialisation.UNIT_NORMAL),
            new PromptTuning(LENGTH, Start.vocabulary()),
            new PromptTuning(LENGTH, Start.uniform()),
            new SoftPrompts(LENGTH, Start.text("w3 w1"), false),
            new SoftPrompts(LENGTH, Start.text("w3 w1"), true),
            new UnusedTokens(LENGTH)),
        Stream.of(PTuning.Encoder.values()).map(SmallMethods::encoded));
  }

  static PromptContext context(BackboneSpec spec, Engine engine, long seed) {
    return new PromptContext(
        spec, engine, RandomStream.of(seed), SmallWords.of(5, 40, spec.embeddingWidth()));
  }

  /** Three texts of different lengths; soft tokens before them, or among their words. */
  static List<TokenRow> rows(PromptMethod method) {
    List<TokenRow> words =
        List.of(
            TokenRow.of(new int[] {5, 30, 31, 6}, new int[4]),
            TokenRow.of(new int[] {5, 99, 6}, new int[3]),
            TokenRow.of(new int[] {5, 41, 17, 80, 22, 6}, new int[6]));
    if (method.inputTokens() == 0) {
      return words;
    }
    int[] ids = {5, 9, 99, 9, 41, 9, 6};
    TokenRow template = new TokenRow(ids, new int[7], new int[] {W, 0, W, 1, W, 2, W}, 4);
    return List.of(words.get(0).withPrefix(LENGTH), template, words.get(2).withPrefix(LENGTH));
  }

  static TokenBatch batch(PromptMethod method, int padId) {
    return TokenBatch.of(rows(method), padId);
  }
}
