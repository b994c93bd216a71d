package org.ptuning4j.prompt.method;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.prompt.PromptContext;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.form.PositionConvention;
import org.ptuning4j.prompt.initialisation.NormalInitialisation;
import org.ptuning4j.prompt.initialisation.SoftTokenInitialisation;
import org.ptuning4j.prompt.module.PromptEncoderKind;
import org.ptuning4j.prompt.setting.LayerRange;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.engine.Engine;

/** Each method with three tokens or so, and batches for them. */
public final class SmallMethods {

  /** The number of virtual or soft tokens of {@link #all}. */
  public static final int LENGTH = 3;

  private static final int W = TokenRow.WORD;

  private SmallMethods() {}

  public static PTuningV2 deep(int length, String layers, PositionConvention positions) {
    return new PTuningV2(
        length,
        new LayerRange(layers),
        Optional.empty(),
        0,
        positions,
        NormalInitialisation.UNIT_NORMAL);
  }

  public static PTuningV2 projected() {
    return new PTuningV2(
        LENGTH,
        new LayerRange("2-3"),
        Optional.of(16),
        0,
        PositionConvention.SHIFTED,
        NormalInitialisation.UNIT_NORMAL);
  }

  public static PTuning encoded(PromptEncoderKind encoder) {
    Optional<Integer> hidden = encoder.hasWidth() ? Optional.of(7) : Optional.empty();
    return PTuning.with(LENGTH, encoder, hidden);
  }

  /** Every method that trains a prompt, with each of its forms. */
  public static Stream<PromptMethod> all() {
    return Stream.concat(
        Stream.of(
            deep(LENGTH, "2-3", PositionConvention.SHIFTED),
            projected(),
            new PrefixTuning(
                LENGTH, 16, 0, PositionConvention.UNSHIFTED, NormalInitialisation.UNIT_NORMAL),
            new PromptTuning(LENGTH, SoftTokenInitialisation.vocabulary()),
            new PromptTuning(LENGTH, SoftTokenInitialisation.uniform()),
            new SoftPrompts(LENGTH, SoftTokenInitialisation.text("w3 w1"), false),
            new SoftPrompts(LENGTH, SoftTokenInitialisation.text("w3 w1"), true),
            new UnusedTokens(LENGTH)),
        Stream.of(PromptEncoderKind.values()).map(SmallMethods::encoded));
  }

  public static PromptContext context(BackboneSpec spec, Engine engine, long seed) {
    return new PromptContext(
        spec, engine, RandomStream.of(seed), SmallWords.of(5, 40, spec.embeddingWidth()));
  }

  /** Three texts of different lengths; soft tokens before them, or among their words. */
  public static List<TokenRow> rows(PromptMethod method) {
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

  public static TokenBatch batch(PromptMethod method, int padId) {
    return TokenBatch.of(rows(method), padId);
  }
}
