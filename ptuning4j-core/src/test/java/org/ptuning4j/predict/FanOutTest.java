package org.ptuning4j.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ptuning4j.Closeness.assertClose;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.prompt.form.DeepPrompt;
import org.ptuning4j.prompt.form.MixedPrompts;
import org.ptuning4j.prompt.form.PositionConvention;
import org.ptuning4j.prompt.form.TrainedPrompt;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.engine.Engine;

/**
 * Texts that several prompts ask share the layers below all of them, and get what each alone gets.
 */
class FanOutTest {

  private static final int PAD = 0;
  private static final TokenRow SHORT = row(2, 17, 18, 3);
  private static final TokenRow LONG = row(2, 30, 31, 32, 33, 34, 3);

  private Backbone backbone;
  private final List<TrainedPrompt> prompts = new ArrayList<>();

  private static TokenRow row(int... ids) {
    return TokenRow.of(ids, new int[ids.length]);
  }

  @BeforeEach
  void open() {
    backbone =
        BackboneFamilies.standard().load(ModelFolder.open(TinyModel.bert()), Engine.reference());
  }

  @AfterEach
  void close() {
    prompts.forEach(TrainedPrompt::close);
    backbone.close();
  }

  private Optional<TrainedPrompt> prompt(
      int length, PositionConvention positions, Integer... layers) {
    long width = (long) backbone.spec().prefixWidth() * layers.length;
    TrainedPrompt made =
        Scope.run(
            () ->
                DeepPrompt.of(
                    RandomStream.of(prompts.size()).gaussian(1, length, width),
                    List.of(layers),
                    positions,
                    backbone.spec(),
                    backbone.engine()));
    prompts.add(made);
    return Optional.of(made);
  }

  private Optional<TrainedPrompt> onTop(int length) {
    return prompt(length, PositionConvention.UNSHIFTED, 2);
  }

  private FanOut assertAsEachAlone(
      List<TokenRow> rows, List<Optional<TrainedPrompt>> asking, Positions positions) {
    FanOut fanOut = FanOut.of(backbone, rows, asking);
    Scope.run(
        () -> {
          Tensor together = states(fanOut, rows, asking, positions);
          for (int i = 0; i < rows.size(); i++) {
            TokenBatch tokens = TokenBatch.of(List.of(rows.get(i)), PAD);
            Injection injection = injection(tokens, List.of(asking.get(i)));
            Tensor alone =
                backbone
                    .forward(tokens, injection, ForwardOptions.evaluation(positions))
                    .lastHidden();
            long read = positions == Positions.ANCHOR ? 1 : rows.get(i).length();
            assertClose(
                "row " + i,
                together.select(0, i).narrow(0, 0, read),
                alone.select(0, 0),
                1e-5,
                1e-5);
          }
        });
    return fanOut;
  }

  private Tensor states(
      FanOut fanOut,
      List<TokenRow> rows,
      List<Optional<TrainedPrompt>> asking,
      Positions positions) {
    TokenBatch tokens = TokenBatch.of(rows, PAD);
    return fanOut.states(backbone, tokens, injection(tokens, asking), positions, PAD);
  }

  private Injection injection(TokenBatch tokens, List<Optional<TrainedPrompt>> asking) {
    return new MixedPrompts(backbone.spec(), backbone.engine()).inject(tokens, asking);
  }

  @ParameterizedTest
  @EnumSource(Positions.class)
  void lowerLayersAreComputedOnceForEachText(Positions positions) {
    Optional<TrainedPrompt> first = onTop(2);
    Optional<TrainedPrompt> second = onTop(5);
    FanOut fanOut =
        assertAsEachAlone(
            List.of(LONG, SHORT, LONG, SHORT, LONG),
            List.of(first, first, second, second, Optional.empty()),
            positions);
    assertThat(fanOut.below()).isEqualTo(2);
    assertThat(fanOut.texts()).containsExactly(LONG, SHORT);
    assertThat(fanOut.textOf()).containsExactly(0, 1, 0, 1, 0);
  }

  @Test
  void theLowestPromptDecides() {
    FanOut fanOut =
        assertAsEachAlone(
            List.of(SHORT, SHORT),
            List.of(onTop(2), prompt(2, PositionConvention.UNSHIFTED, 1, 2)),
            Positions.ANCHOR);
    assertThat(fanOut.below()).isEqualTo(1);
    assertThat(fanOut.texts()).hasSize(1);
  }

  @Test
  void aPromptInTheFirstLayerLeavesNothingToShare() {
    FanOut fanOut =
        assertAsEachAlone(
            List.of(SHORT, SHORT),
            List.of(onTop(2), prompt(2, PositionConvention.UNSHIFTED, 0, 1, 2)),
            Positions.ANCHOR);
    assertThat(fanOut.below()).isZero();
  }

  /** Texts that are moved up by different numbers have other positions. */
  @Test
  void onlyTextsAtTheSamePositionsAreShared() {
    FanOut fanOut =
        assertAsEachAlone(
            List.of(SHORT, SHORT, SHORT),
            List.of(
                prompt(2, PositionConvention.SHIFTED, 2),
                prompt(3, PositionConvention.SHIFTED, 2),
                prompt(3, PositionConvention.SHIFTED, 2)),
            Positions.ANCHOR);
    assertThat(fanOut.texts()).hasSize(2);
    assertThat(fanOut.shifts()).containsExactly(2, 3);
    assertThat(fanOut.textOf()).containsExactly(0, 1, 1);
  }

  /** An encoder–decoder's layers are not one stack. */
  @Test
  void aModelWithTwoHalvesIsComputedAsAWhole() {
    try (Backbone halves =
        BackboneFamilies.standard()
            .load(ModelFolder.open(TinyModel.folder("t5")), Engine.reference())) {
      FanOut fanOut =
          FanOut.of(halves, List.of(SHORT, SHORT), List.of(Optional.empty(), Optional.empty()));
      assertThat(fanOut.below()).isZero();
    }
  }

  @Test
  void differentTextsShareNothing() {
    Optional<TrainedPrompt> prompt = onTop(2);
    TokenRow otherTypes = TokenRow.of(SHORT.ids(), new int[] {0, 0, 1, 1});
    FanOut fanOut =
        assertAsEachAlone(
            List.of(SHORT, LONG, otherTypes), List.of(prompt, prompt, prompt), Positions.ANCHOR);
    assertThat(fanOut.below()).isZero();
  }
}
