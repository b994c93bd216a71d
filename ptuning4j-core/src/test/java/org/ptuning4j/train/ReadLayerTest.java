package org.ptuning4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.pack.Pack;
import org.ptuning4j.pack.PackFacts;
import org.ptuning4j.pack.peft.PeftExport;
import org.ptuning4j.predict.Evaluator;
import org.ptuning4j.predict.Outcome;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.predict.Request;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.form.PositionConvention;
import org.ptuning4j.prompt.initialisation.NormalInitialisation;
import org.ptuning4j.prompt.method.FullFineTuning;
import org.ptuning4j.prompt.method.HeadOnly;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.prompt.setting.LayerRange;
import org.ptuning4j.task.LabelAnswer;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.train.batching.Batching.FixedBatches;
import org.ptuning4j.train.config.StateCaching;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.config.TrainingConfigBuilder;
import org.ptuning4j.train.run.TrainingListener;
import org.ptuning4j.train.run.TrainingResult;

/** A head that reads a layer below the last: trained, saved and asked so. */
class ReadLayerTest {

  private static final int LAYER = 2;

  @TempDir static Path folder;

  private static TrainingData data;

  @BeforeAll
  static void write() {
    data =
        TrainingData.of(
            TinyModel.data(folder.resolve("train.jsonl"), 96, 1),
            TinyModel.data(folder.resolve("dev.jsonl"), 40, 2));
  }

  private static TrainingConfigBuilder config(PromptMethod method) {
    return TrainingConfig.builder()
        .method(method)
        .learningRate(1e-2)
        .epochs(3)
        .batching(new FixedBatches(8))
        .precision(Precision.FP32)
        .readLayer(Optional.of(LAYER));
  }

  private static TrainingResult run(TrainingConfig config, String name) {
    return new Training(TinyModel.bert(), TinyModel.task(), config)
        .run(data, folder.resolve(name), TrainingListener.silent());
  }

  private static PromptMethod method(String name) {
    return name.equals("head-only") ? new HeadOnly() : PTuningV2.asPublished(4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"p-tuning-v2", "head-only"})
  void theirPackAnswersAsInTraining(String name) {
    TrainingResult result = run(config(method(name)).build(), name + "-answers");

    Path pack = folder.resolve(name + "-answers").resolve("pack");
    PackFacts facts = Pack.open(pack).facts();
    assertThat(facts.backbone().readLayer()).isEqualTo(LAYER);
    if (facts.prompt() != null) {
      assertThat(facts.prompt()).containsEntry("layers", List.of(1, 2));
    }
    try (Predictor predictor = Predictor.open(TinyModel.bert(), Precision.FP32)) {
      predictor.add("toy", pack);
      Evaluator.Report report =
          Evaluator.evaluate(predictor, "toy", predictor.task("toy").read(data.dev()).examples());
      assertThat(report.scores().metrics()).isEqualTo(result.best());
    }
  }

  /** Else the layer would not matter. */
  @Test
  void anotherLayerGivesAnotherResult() {
    TrainingResult second = run(config(new HeadOnly()).build(), "second");
    TrainingResult last = run(config(new HeadOnly()).readLayer(Optional.empty()).build(), "last");
    assertThat(second.best()).isNotEqualTo(last.best());
    assertThat(Pack.open(folder.resolve("last").resolve("pack")).facts().backbone().readLayer())
        .isNull();
  }

  /** States that are computed once are those of the layer that is read; in batches of all rows. */
  @Test
  void keptStatesChangeNothing() {
    TrainingConfigBuilder top =
        config(
                new PTuningV2(
                    3,
                    new LayerRange("top:1"),
                    Optional.empty(),
                    0.1,
                    PositionConvention.SHIFTED,
                    NormalInitialisation.UNIT_NORMAL))
            .batching(new FixedBatches(96))
            .epochs(2);
    TrainingResult kept = run(top.build(), "kept");
    TrainingResult computed = run(top.cache(StateCaching.OFF).build(), "computed");
    assertThat(kept.best()).isEqualTo(computed.best());
  }

  @Test
  void packsOfSeveralLayersShareAPredictor() {
    run(config(PTuningV2.asPublished(4)).build(), "two");
    run(config(PTuningV2.asPublished(3)).readLayer(Optional.of(1)).build(), "one");
    run(config(PTuningV2.asPublished(5)).readLayer(Optional.empty()).build(), "all");
    List<String> names = List.of("two", "one", "all");
    List<Request> requests = new ArrayList<>();
    for (String text : List.of("the quick brown fox", "pizza", "a dog jumps over the lazy dog")) {
      names.forEach(name -> requests.add(Request.of(name, text)));
    }
    try (Predictor predictor = Predictor.open(TinyModel.bert(), Precision.FP32)) {
      names.forEach(name -> predictor.add(name, folder.resolve(name).resolve("pack")));
      List<Outcome> together = predictor.answer(requests);
      for (int i = 0; i < requests.size(); i++) {
        try (Predictor alone = Predictor.open(TinyModel.bert(), Precision.FP32)) {
          String name = requests.get(i).task();
          alone.add(name, folder.resolve(name).resolve("pack"));
          Map<String, Double> own = probabilities(alone.answer(List.of(requests.get(i))).get(0));
          Map<String, Double> among = probabilities(together.get(i));
          own.forEach((label, p) -> assertThat(among.get(label)).isCloseTo(p, within(1e-4)));
        }
      }
    }
  }

  private static Map<String, Double> probabilities(Outcome outcome) {
    return outcome.orElseThrow().oneLabel().map(LabelAnswer::probabilities).orElseThrow();
  }

  @Test
  void onlyAFrozenModelHasLayersLeftOut() {
    assertThatThrownBy(() -> config(new FullFineTuning()).build())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("read-layer")
        .hasMessageContaining("full-fine-tuning");
  }

  @Test
  void aLayerThatIsNotThereIsNamed() {
    TrainingConfig config = config(new HeadOnly()).readLayer(Optional.of(99)).build();
    assertThatThrownBy(() -> run(config, "none"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("99")
        .hasMessageContaining("1 to ");
  }

  /** An adapter cannot say which layer is read: exported, the pack would answer otherwise. */
  @Test
  void peftCannotHoldIt() {
    run(config(PTuningV2.asPublished(4)).build(), "exported");
    Pack pack = Pack.open(folder.resolve("exported").resolve("pack"));
    ModelFolder model = ModelFolder.open(TinyModel.bert());
    try (Backbone backbone = BackboneFamilies.standard().load(model, Engine.reference())) {
      PeftExport export = new PeftExport(pack, backbone, model);
      assertThatThrownBy(() -> export.write(folder.resolve("adapter")))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("reads layer 2");
    }
    assertThat(folder.resolve("adapter")).doesNotExist();
  }
}
