package org.ptuning4j.train.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.ptuning4j.Closeness.assertClose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.DropoutRates;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.Target;
import org.ptuning4j.prompt.PromptContext;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.prompt.method.HeadOnly;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.train.RunContents;
import org.ptuning4j.train.Training;
import org.ptuning4j.train.TrainingData;
import org.ptuning4j.train.batching.Batching.FixedBatches;
import org.ptuning4j.train.batching.Batching.TokenBudget;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.run.TrainingListener;

/** States that are computed once are those that every epoch would compute. */
class FrozenStatesTest {

  private static final int PAD = 0;

  @TempDir static Path shared;
  @TempDir Path temp;

  /** The run that others are to be like after an interruption. */
  @BeforeAll
  static void runUninterrupted() {
    run(config(Optional.of(0.0)), data(shared), shared.resolve("whole"));
  }

  private static TokenRow row(int... ids) {
    return TokenRow.of(ids, new int[ids.length]);
  }

  /** Rows of all lengths, and an item of several rows among those of one. */
  private static List<Item> items() {
    return List.of(
        Item.of(row(2, 17, 18, 3)).withTarget(new Target.Choice(0)),
        Item.ofCandidates(List.of(row(2, 21, 3), row(2, 22, 23, 24, 25, 3)))
            .withTarget(new Target.Choice(1)),
        Item.of(row(2, 30, 31, 32, 33, 34, 35, 3)).withTarget(new Target.Choice(1)),
        Item.of(row(2, 3)).withTarget(new Target.Choice(0)));
  }

  @ParameterizedTest
  @EnumSource(Positions.class)
  void areThoseOfAPassOverTheSameItems(Positions positions) {
    Scope.run(
        () -> {
          try (Backbone backbone = backbone();
              PromptModule prompt = module(new HeadOnly(), backbone);
              FrozenStates states =
                  FrozenStates.of(
                      pass(backbone, prompt, Dropout.off()),
                      items(),
                      positions,
                      new TokenBudget(9),
                      PAD)) {
            for (int[] chosen : List.of(new int[] {2, 0, 1}, new int[] {3}, new int[] {1, 3})) {
              List<TokenRow> rows = new ArrayList<>();
              for (int item : chosen) {
                rows.addAll(items().get(item).rows());
              }
              Tensor expected =
                  pass(backbone, prompt, Dropout.off())
                      .forward(TokenBatch.of(rows, PAD), positions)
                      .lastHidden();
              Tensor actual = states.at(chosen);
              assertThat(actual.size(1)).isEqualTo(expected.size(1));
              for (int i = 0; i < rows.size(); i++) {
                long read = positions == Positions.ANCHOR ? 1 : rows.get(i).length();
                assertClose(
                    "row " + i,
                    actual.select(0, i).narrow(0, 0, read),
                    expected.select(0, i).narrow(0, 0, read),
                    1e-5,
                    1e-5);
              }
            }
          }
        });
  }

  @Test
  void onlyWhatIsFrozenIsComputedOnce() {
    Dropout dropping = Dropout.from(RandomStream.of(1));
    try (Backbone backbone = backbone();
        PromptModule nothing = module(new HeadOnly(), backbone);
        PromptModule prompt = module(PTuningV2.ofLength(2), backbone)) {
      assertThat(pass(backbone, nothing, Dropout.off()).isFrozen()).isTrue();
      assertThat(pass(backbone, nothing, dropping).isFrozen()).isFalse();
      assertThat(pass(backbone, nothing, dropping).evaluating().isFrozen()).isTrue();
      assertThat(new PromptedBackbone(backbone, nothing, dropping, DropoutRates.NONE).isFrozen())
          .isTrue();
      assertThat(pass(backbone, prompt, Dropout.off()).isFrozen()).isFalse();
    }
    try (Backbone trained =
            BackboneFamilies.standard()
                .loadTrainable(ModelFolder.open(TinyModel.bert()), Engine.reference());
        PromptModule nothing = module(new HeadOnly(), trained)) {
      assertThat(pass(trained, nothing, Dropout.off()).isFrozen()).isFalse();
    }
  }

  /** The losses of a run whose backbone is run once are those of one that runs it at each step. */
  @Test
  void aRunLearnsTheSame() throws IOException {
    Path once = temp.resolve("once");
    Path always = temp.resolve("always");
    // A rate below what dropout can express drops nothing and yet counts as dropout.
    run(config(Optional.of(0.0)), once);
    run(config(Optional.of(1e-9)), always);
    List<JsonNode> expected = lines(always);
    List<JsonNode> actual = lines(once);
    assertThat(actual).hasSameSizeAs(expected).hasSize(4);
    for (int i = 0; i < actual.size(); i++) {
      for (String loss : List.of("train_loss", "dev_loss")) {
        assertThat(actual.get(i).get(loss).asDouble())
            .as(loss)
            .isCloseTo(expected.get(i).get(loss).asDouble(), within(1e-5));
      }
    }
  }

  private static List<JsonNode> lines(Path run) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(run.resolve("metrics.jsonl"), StandardCharsets.UTF_8)) {
      lines.add(new ObjectMapper().readTree(line));
    }
    return lines;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 12, 17})
  void goesOnToTheBitAfterAnInterruption(int interruptedAt) {
    Path parts = temp.resolve("parts");
    Training first = new Training(TinyModel.bert(), TinyModel.task(), config(Optional.of(0.0)));
    first.run(
        data(),
        parts,
        new TrainingListener() {
          @Override
          public void stepped(Step made) {
            if (made.step() == interruptedAt) {
              first.stop();
            }
          }
        });
    new Training(TinyModel.bert(), TinyModel.task(), config(Optional.of(0.0)))
        .resume(data(), parts, TrainingListener.silent());
    assertThat(RunContents.of(parts)).isEqualTo(RunContents.of(shared.resolve("whole")));
  }

  @Test
  void whatDoesNotFitIsRefusedWithItsSize() {
    MemoryBudget budget = new MemoryBudget(3_000_000_000L);
    assertThat(budget.take(2_000_000_000L)).isTrue();
    assertThat(budget.take(2_000_000_000L)).isFalse();
    assertThat(budget.take(1_000_000_000L)).isTrue();
    assertThat(new MemoryBudget(1_500_000_000L).refusal("the states", 2_000_000_000L))
        .contains("the states", "2.0 GB", "1.5 GB");
    assertThat(FrozenStates.bytes(items(), Positions.ANCHOR, 10, Dtype.F32)).isEqualTo(5 * 10 * 4);
    assertThat(FrozenStates.bytes(items(), Positions.ALL, 10, Dtype.F32))
        .isEqualTo((4 + 3 + 6 + 8 + 2) * 10 * 4);
  }

  private static Backbone backbone() {
    return BackboneFamilies.standard().load(ModelFolder.open(TinyModel.bert()), Engine.reference());
  }

  private static PromptModule module(PromptMethod method, Backbone backbone) {
    return method.create(
        new PromptContext(backbone.spec(), backbone.engine(), RandomStream.of(1), null));
  }

  private static PromptedBackbone pass(Backbone backbone, PromptModule prompt, Dropout dropout) {
    return new PromptedBackbone(backbone, prompt, dropout, DropoutRates.all(0.1));
  }

  private static TrainingConfig config(Optional<Double> dropout) {
    return TrainingConfig.builder()
        .method(new HeadOnly())
        .learningRate(3e-2)
        .epochs(4)
        .batching(new FixedBatches(8))
        .dropout(dropout)
        .precision(Precision.FP32)
        .build();
  }

  private TrainingData data() {
    return data(temp);
  }

  private static TrainingData data(Path folder) {
    return TrainingData.of(
        TinyModel.data(folder.resolve("train.jsonl"), 96, 1),
        TinyModel.data(folder.resolve("dev.jsonl"), 40, 2));
  }

  private void run(TrainingConfig config, Path out) {
    run(config, data(), out);
  }

  private static void run(TrainingConfig config, TrainingData data, Path out) {
    new Training(TinyModel.bert(), TinyModel.task(), config)
        .run(data, out, TrainingListener.silent());
  }
}
