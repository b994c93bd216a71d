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
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
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
import org.ptuning4j.prompt.form.PositionConvention;
import org.ptuning4j.prompt.initialisation.NormalInitialisation;
import org.ptuning4j.prompt.method.HeadOnly;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.prompt.setting.LayerRange;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.train.RunContents;
import org.ptuning4j.train.Training;
import org.ptuning4j.train.TrainingData;
import org.ptuning4j.train.batching.Batching;
import org.ptuning4j.train.batching.Batching.FixedBatches;
import org.ptuning4j.train.batching.Batching.TokenBudget;
import org.ptuning4j.train.config.StateCaching;
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
    run(config(new HeadOnly(), Optional.of(0.0)), data(shared), shared.resolve("whole"));
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
  void ofTheLastLayerAreWhatTheHeadReads(Positions positions) {
    try (Backbone backbone = backbone();
        PromptModule prompt = module(new HeadOnly(), backbone)) {
      PromptedBackbone pass = pass(backbone, prompt, Dropout.off());
      Scope.run(
          () -> {
            try (FrozenStates states = computed(pass, items(), positions, new TokenBudget(9))) {
              assertThat(states.areLast()).isTrue();
              for (int[] chosen : List.of(new int[] {2, 0, 1}, new int[] {3}, new int[] {1, 3})) {
                assertSameStates(
                    rows(chosen),
                    positions,
                    states.at(chosen),
                    pass.forward(TokenBatch.of(rows(chosen), PAD), positions));
              }
            }
          });
    }
  }

  @ParameterizedTest
  @EnumSource(Positions.class)
  void belowAPromptGiveWhatAWholePassGives(Positions positions) {
    try (Backbone backbone = backbone();
        PromptModule prompt = module(inTheLastLayer(), backbone)) {
      PromptedBackbone pass = pass(backbone, prompt, Dropout.off());
      Scope.run(
          () -> {
            try (FrozenStates states = computed(pass, items(), positions, new TokenBudget(9))) {
              assertThat(states.areLast()).isFalse();
              assertThat(states.layers()).isEqualTo(2);
              for (int[] chosen : List.of(new int[] {2, 0, 1}, new int[] {3}, new int[] {1, 3})) {
                TokenBatch tokens = TokenBatch.of(rows(chosen), PAD);
                assertSameStates(
                    rows(chosen),
                    positions,
                    pass.above(tokens, 2, states.at(chosen), positions),
                    pass.forward(tokens, positions));
              }
            }
          });
    }
  }

  /** The batch is that in which they were computed: longest first, and all of one length. */
  @Test
  void ofTheSameBatchAreTheSameToTheBit() {
    List<Item> items =
        IntStream.range(0, 6)
            .mapToObj(i -> Item.of(row(2, 17 + i, 30 - i, 3)).withTarget(new Target.Choice(0)))
            .toList();
    int[] all = IntStream.range(0, 6).toArray();
    try (Backbone backbone = backbone();
        PromptModule prompt = module(inTheLastLayer(), backbone)) {
      PromptedBackbone pass = pass(backbone, prompt, Dropout.off());
      Scope.run(
          () -> {
            try (FrozenStates states =
                computed(pass, items, Positions.ANCHOR, new FixedBatches(6))) {
              List<TokenRow> rows = items.stream().flatMap(each -> each.rows().stream()).toList();
              TokenBatch tokens = TokenBatch.of(rows, PAD);
              Tensor known = pass.above(tokens, 2, states.at(all), Positions.ANCHOR);
              Tensor whole = pass.forward(tokens, Positions.ANCHOR);
              assertThat(Tensors.floats(known)).isEqualTo(Tensors.floats(whole));
            }
          });
    }
  }

  private static PTuningV2 inTheLastLayer() {
    return new PTuningV2(
        2,
        new LayerRange("top:1"),
        Optional.empty(),
        0.1,
        PositionConvention.SHIFTED,
        NormalInitialisation.UNIT_NORMAL);
  }

  private static List<TokenRow> rows(int[] chosen) {
    return Arrays.stream(chosen)
        .mapToObj(items()::get)
        .flatMap(item -> item.rows().stream())
        .toList();
  }

  private static FrozenStates computed(
      PromptedBackbone pass, List<Item> items, Positions positions, Batching batching) {
    FrozenStates.Spread spread =
        FrozenStates.Spread.of(pass, pass.frozenLayers(), items, positions);
    StatePlace place =
        new MemoryStates(pass.backbone().engine())
            .place(
                new StateStore.Wanted(
                    spread.count(), pass.backbone().spec().hidden(), Dtype.F32, () -> ""))
            .orElseThrow();
    return FrozenStates.of(pass, spread, batching, PAD, place);
  }

  private static void assertSameStates(
      List<TokenRow> rows, Positions positions, Tensor actual, Tensor expected) {
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

  @Test
  void whatIsBelowThePromptIsFrozenUnlessItDropsOrIsTrained() {
    Dropout dropping = Dropout.from(RandomStream.of(1));
    try (Backbone backbone = backbone();
        PromptModule nothing = module(new HeadOnly(), backbone);
        PromptModule everywhere = module(PTuningV2.asPublished(2), backbone);
        PromptModule empty = module(PTuningV2.asPublished(0), backbone);
        PromptModule above = module(inTheLastLayer(), backbone)) {
      assertThat(pass(backbone, nothing, Dropout.off()).frozenLayers()).isEqualTo(3);
      assertThat(pass(backbone, nothing, Dropout.off()).isFrozen()).isTrue();
      assertThat(pass(backbone, empty, Dropout.off()).isFrozen()).isTrue();
      assertThat(pass(backbone, everywhere, Dropout.off()).frozenLayers()).isZero();
      assertThat(pass(backbone, above, Dropout.off()).frozenLayers()).isEqualTo(2);
      assertThat(pass(backbone, above, Dropout.off()).isFrozen()).isFalse();
      PromptedBackbone drops = pass(backbone, above, dropping);
      assertThat(drops.frozenLayers()).isZero();
      assertThat(drops.evaluating().frozenLayers()).isEqualTo(2);
      assertThat(droppingAbove(backbone, above, dropping).frozenLayers()).isEqualTo(2);
      assertThat(new PromptedBackbone(backbone, above, dropping, DropoutRates.NONE).frozenLayers())
          .isEqualTo(2);
    }
    try (Backbone trained =
            BackboneFamilies.standard()
                .loadTrainable(ModelFolder.open(TinyModel.bert()), Engine.reference());
        PromptModule nothing = module(new HeadOnly(), trained)) {
      assertThat(pass(trained, nothing, Dropout.off()).frozenLayers()).isZero();
    }
  }

  /** Two passes differ, because the last layer drops; what is below is the same in both. */
  @Test
  void dropoutIsFromThePromptOn() {
    try (Backbone backbone = backbone();
        PromptModule prompt = module(inTheLastLayer(), backbone)) {
      Scope.run(
          () -> {
            TokenBatch tokens = TokenBatch.of(rows(new int[] {0, 1, 2}), PAD);
            RandomStream stream = RandomStream.of(1);
            PromptedBackbone pass = droppingAbove(backbone, prompt, Dropout.from(stream));
            Tensor below = pass.evaluating().lowest(tokens, 2);
            float[] first = Tensors.floats(pass.forward(tokens, Positions.ALL));
            float[] second = Tensors.floats(pass.forward(tokens, Positions.ALL));
            assertThat(first).isNotEqualTo(second);
            PromptedBackbone again =
                droppingAbove(backbone, prompt, Dropout.from(RandomStream.of(1)));
            assertThat(Tensors.floats(again.above(tokens, 2, below, Positions.ALL)))
                .isEqualTo(first);
          });
    }
  }

  private static PromptedBackbone droppingAbove(
      Backbone backbone, PromptModule prompt, Dropout dropout) {
    return new PromptedBackbone(
        backbone, prompt, dropout, DropoutRates.all(0.1), false, Optional.empty());
  }

  static Stream<PromptMethod> methods() {
    return Stream.of(new HeadOnly(), inTheLastLayer());
  }

  /** The losses of a run whose lower layers are run once are those of one that always runs them. */
  @ParameterizedTest
  @MethodSource("methods")
  void aRunLearnsTheSame(PromptMethod method) throws IOException {
    Path once = temp.resolve("once");
    Path always = temp.resolve("always");
    TrainingConfig config = config(method, Optional.of(0.0));
    run(config, once);
    run(config.toBuilder().cache(StateCaching.OFF).build(), always);
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

  /** What is said of a run: which layers are known, and how much memory they take. */
  @Test
  void aRunSaysWhatItComputesOnce() {
    List<TrainingListener.ComputedOnce> said = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void computedOnce(ComputedOnce once) {
            said.add(once);
          }
        };
    TrainingConfig above = config(inTheLastLayer(), Optional.empty());
    train(above, data(), temp.resolve("above"), listener);
    assertThat(said).hasSize(1);
    assertThat(said.get(0).layers()).isEqualTo(2);
    assertThat(said.get(0).allLayers()).isEqualTo(3);
    assertThat(said.get(0).kept())
        .extracting(Preparation.Kept::data)
        .containsExactly("toy, training", "toy, evaluation");
    said.clear();
    train(
        config(PTuningV2.asPublished(2), Optional.empty()), data(), temp.resolve("all"), listener);
    train(above.toBuilder().cache(StateCaching.OFF).build(), data(), temp.resolve("off"), listener);
    assertThat(said).isEmpty();
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
    assertGoesOn(config(new HeadOnly(), Optional.of(0.0)), interruptedAt, shared.resolve("whole"));
  }

  @Test
  void goesOnToTheBitWithAPromptAboveAndDropoutThere() {
    TrainingConfig config = config(inTheLastLayer(), Optional.of(0.1));
    run(config, temp.resolve("whole"));
    assertGoesOn(config, 17, temp.resolve("whole"));
  }

  private void assertGoesOn(TrainingConfig config, int interruptedAt, Path whole) {
    Path parts = temp.resolve("parts");
    Training first = new Training(TinyModel.bert(), TinyModel.task(), config);
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
    new Training(TinyModel.bert(), TinyModel.task(), config)
        .resume(data(), parts, TrainingListener.silent());
    assertThat(RunContents.of(parts)).isEqualTo(RunContents.of(whole));
  }

  @Test
  void whatDoesNotFitIsRefusedWithItsSize() {
    MemoryStates memory = new MemoryStates(Engine.reference(), 3000);
    assertThat(memory.place(wanted(200))).isPresent();
    assertThat(memory.place(wanted(200))).isEmpty();
    assertThat(memory.place(wanted(100))).isPresent();
    assertThat(
            new MemoryStates(Engine.reference(), 1_500_000_000L)
                .refusal("the states", wanted(200_000_000)))
        .get()
        .asString()
        .contains("the states", "2.0 GB", "1.5 GB", "'disk'");
  }

  @Test
  void aRunWithoutRoomGoesOnAndSaysSo() {
    try (Backbone backbone = backbone();
        PromptModule prompt = module(inTheLastLayer(), backbone)) {
      PromptedBackbone pass = pass(backbone, prompt, Dropout.off());
      KnownStates known = new KnownStates("toy", Positions.ANCHOR, new TokenBudget(9), PAD);
      Preparation done =
          known.prepare(pass, items(), items(), 2, new MemoryStates(backbone.engine(), 100));
      assertThat(done.kept()).isEmpty();
      assertThat(done.refusals()).singleElement().asString().contains("'toy'", "2 layers");
      assertThat(known.training()).isEmpty();
    }
  }

  /** Ten bytes a token. */
  private static StateStore.Wanted wanted(long tokens) {
    return new StateStore.Wanted(tokens, 5, Dtype.BF16, () -> "");
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

  private static TrainingConfig config(PromptMethod method, Optional<Double> dropout) {
    return TrainingConfig.builder()
        .method(method)
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
    train(config, data, out, TrainingListener.silent());
  }

  private static void train(
      TrainingConfig config, TrainingData data, Path out, TrainingListener listener) {
    new Training(TinyModel.bert(), TinyModel.task(), config).run(data, out, listener);
  }
}
