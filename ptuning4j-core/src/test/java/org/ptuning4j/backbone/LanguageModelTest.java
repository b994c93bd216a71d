package org.ptuning4j.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.ptuning4j.Closeness.assertClose;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.WeightReport.Status;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.KernelPlan;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.tensor.file.SafetensorsFile;
import org.ptuning4j.tensor.file.SafetensorsWriter;

/**
 * The head over the vocabulary as checkpoints have it: spelt otherwise, absent, broken, trained.
 */
class LanguageModelTest {

  private static final String BERT_DECODER = "cls.predictions.decoder.weight";
  private static final String WORDS = "bert.embeddings.word_embeddings.weight";

  @TempDir private Path temporary;

  @ParameterizedTest
  @CsvSource({"bert, cls.predictions.", "roberta, lm_head."})
  void aCheckpointMayLackIt(String family, String stem) {
    Path without = rewritten(family, weights -> weights.keySet().removeIf(n -> n.startsWith(stem)));
    String hash =
        withBackbone(
            without,
            backbone -> {
              assertThat(backbone.spec().hasLanguageModel()).isFalse();
              assertThatThrownBy(backbone::languageModel)
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessageContaining("no language-model head");
            });
    assertThat(BackboneFamilies.standard().of(ModelFolder.open(without)))
        .matches(each -> !each.hasLanguageModel(ModelFolder.open(without)));
    assertThat(BackboneFamilies.standard().of(ModelFolder.open(TinyModel.folder(family))))
        .matches(each -> each.hasLanguageModel(ModelFolder.open(TinyModel.folder(family))));
    String whole =
        withBackbone(
            TinyModel.folder(family),
            backbone -> assertThat(backbone.spec().hasLanguageModel()).isTrue());
    assertThat(hash).as("the backbone is the same").isEqualTo(whole);
  }

  @ParameterizedTest
  @CsvSource({
    "bert, cls.predictions.bias, 470",
    "bert, cls.predictions.transform.dense.weight, '48, 48'",
    "bert, cls.predictions.transform.LayerNorm.bias, 48",
    "roberta, lm_head.layer_norm.weight, 40",
    "roberta, lm_head.dense.bias, 40"
  })
  void aPartOfItIsLeftOutAndSaid(String family, String tensor, String shape) {
    Path part = rewritten(family, weights -> weights.remove(tensor));
    assertLeftOut(part, family, "missing " + tensor + " [" + shape + "]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cls.predictions.bias", BERT_DECODER})
  void aWrongShapeIsLeftOutAndSaid(String tensor) {
    Path wrong =
        rewritten("bert", weights -> weights.put(tensor, RandomStream.of(1).gaussian(1, 48, 7)));
    assertLeftOut(wrong, "bert", tensor + " is F32 [48, 7], the configuration asks for [470");
  }

  /** Embeddings were resized and saved; the old head's bias kept its size. */
  @Test
  void aHeadOfAnotherVocabularyIsLeftOutAndSaid() {
    Path resized =
        rewritten(
            "bert",
            weights -> weights.put("cls.predictions.bias", RandomStream.of(1).gaussian(1, 400)));
    assertLeftOut(
        resized, "bert", "cls.predictions.bias is F32 [400], the configuration asks for [470]");
  }

  private void assertLeftOut(Path folder, String family, String why) {
    WeightReport report = inspect(folder);
    assertThat(report.loadable()).isTrue();
    assertThat(report.with(Status.LEFT_OUT)).isNotEmpty();
    assertThat(report.notes())
        .singleElement()
        .asString()
        .contains("its language-model head is left out")
        .contains(why);
    String hash =
        withBackbone(
            folder,
            backbone -> {
              assertThat(backbone.spec().hasLanguageModel()).isFalse();
              assertThatThrownBy(backbone::languageModel)
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessageContaining("no language-model head");
            });
    assertThat(hash).isEqualTo(withBackbone(TinyModel.folder(family), backbone -> {}));
  }

  @Test
  void otherSpellingsAreTheSame() {
    Path old =
        rewritten(
            "bert",
            weights -> {
              Map<String, Tensor> renamed = new LinkedHashMap<>();
              weights.forEach(
                  (name, tensor) ->
                      renamed.put(
                          name.replace("LayerNorm.weight", "LayerNorm.gamma")
                              .replace("LayerNorm.bias", "LayerNorm.beta")
                              .replace("cls.predictions.bias", "cls.predictions.decoder.bias")
                              .replaceFirst("^bert\\.", ""),
                          tensor));
              weights.clear();
              weights.putAll(renamed);
            });
    assertSameLogits(old, TinyModel.bert());
    Path roberta =
        rewritten(
            "roberta",
            weights -> weights.put("lm_head.decoder.bias", weights.remove("lm_head.bias")));
    assertSameLogits(roberta, TinyModel.folder("roberta"));
  }

  @Test
  void itsTensorsAreReportedAsUsed() {
    WeightReport report =
        inspect(
            rewritten("bert", weights -> weights.put(BERT_DECODER, weights.get(WORDS).clone())));
    assertThat(report.loadable()).isTrue();
    assertThat(report.with(Status.USED))
        .extracting(WeightReport.Entry::name)
        .contains(
            BERT_DECODER,
            "cls.predictions.bias",
            "cls.predictions.transform.dense.weight",
            "cls.predictions.transform.LayerNorm.weight");
    assertThat(report.with(Status.IGNORED))
        .extracting(WeightReport.Entry::name)
        .containsExactlyInAnyOrder("cls.seq_relationship.bias", "cls.seq_relationship.weight");
  }

  @Test
  void aSecondCopyOfTheWordsIsStillTied() {
    Path copied =
        rewritten("bert", weights -> weights.put(BERT_DECODER, weights.get(WORDS).clone()));
    assertThat(ownWeights(copied)).isEqualTo(ownWeights(TinyModel.bert()));
    assertThat(ownWeights(copied)).isEqualTo(48 * 48 + 3 * 48 + 470);
    assertSameLogits(copied, TinyModel.bert());
  }

  @Test
  void anotherMatrixInTheFileWins() {
    Path untied =
        rewritten(
            "bert", weights -> weights.put(BERT_DECODER, weights.get(WORDS).neg().contiguous()));
    assertThat(ownWeights(untied)).isEqualTo(48 * 48 + 3 * 48 + 470 + 470 * 48);
    Scope.run(
        () -> {
          try (SafetensorsFile file =
              SafetensorsFile.open(TinyModel.bert().resolve("model.safetensors"))) {
            Tensor bias = file.read("cls.predictions.bias");
            // (−E) x + b = −(E x + b) + 2 b
            Tensor expected = logits(TinyModel.bert()).neg().add(bias.add(bias));
            assertClose("logits", logits(untied), expected, 1e-4, 0);
          }
        });
  }

  @Test
  void theConfigurationMayUntieIt() {
    Path alone = untiedInConfig(weights -> {});
    assertLeftOut(alone, "bert", "missing " + BERT_DECODER + " [470, 48]");
    Path equal = untiedInConfig(weights -> weights.put(BERT_DECODER, weights.get(WORDS).clone()));
    assertThat(ownWeights(equal)).isEqualTo(48 * 48 + 3 * 48 + 470 + 470 * 48);
    assertSameLogits(equal, TinyModel.bert());
  }

  @Test
  void aFrozenOneHasNothingToTrain() {
    withBackbone(
        TinyModel.bert(), backbone -> assertThat(backbone.languageModel().parameters()).isEmpty());
  }

  @Test
  void trainedWithItsBackboneItIsSavedAndReadAgain() {
    Path file = temporary.resolve("trained.safetensors");
    Scope.run(
        () -> {
          try (Backbone backbone =
              BackboneFamilies.standard()
                  .loadTrainable(ModelFolder.open(TinyModel.bert()), Engine.reference())) {
            List<Parameter> own = backbone.languageModel().parameters();
            assertThat(own)
                .extracting(Parameter::name)
                .containsExactly(
                    "backbone.cls.predictions.transform.dense.weight",
                    "backbone.cls.predictions.transform.dense.bias",
                    "backbone.cls.predictions.transform.LayerNorm.weight",
                    "backbone.cls.predictions.transform.LayerNorm.bias",
                    "backbone.cls.predictions.bias");
            assertThat(own)
                .extracting(Parameter::decayed)
                .containsExactly(true, false, false, false, false);
            Tensor states = states(backbone);
            torch
                .cross_entropy_loss(
                    backbone.languageModel().logits(states), Tensors.of(new long[] {7, 8, 9}, 3))
                .backward();
            Parameter words =
                backbone.parameters().stream()
                    .filter(p -> p.name().endsWith("word_embeddings.weight"))
                    .findFirst()
                    .orElseThrow();
            List<Parameter> stepped = Stream.concat(own.stream(), Stream.of(words)).toList();
            for (Parameter parameter : stepped) {
              assertThat(parameter.tensor().grad().abs().sum().item_double())
                  .as(parameter.name())
                  .isPositive();
              Autograd.withoutGraph(
                  () -> parameter.tensor().sub_(parameter.tensor().grad().mul(new Scalar(0.1))));
            }
            Tensor trained = backbone.languageModel().logits(states);
            SafetensorsWriter.write(file, backbone.namedWeights(), Map.of("format", "pt"));
            try (Backbone again =
                BackboneFamilies.standard()
                    .load(
                        ModelFolder.open(TinyModel.bert()).withWeights(file), Engine.reference())) {
              assertClose("logits", again.languageModel().logits(states), trained, 1e-6, 0);
              assertThat(trained.sub(logits(TinyModel.bert())).abs().max().item_float())
                  .isGreaterThan(1e-3f);
            }
          }
        });
  }

  @Test
  void someWordsTouchOnlyTheirRows() {
    Scope.run(
        () -> {
          try (Backbone backbone =
              BackboneFamilies.standard()
                  .loadTrainable(ModelFolder.open(TinyModel.bert()), Engine.reference())) {
            backbone.languageModel().logits(states(backbone), new int[] {9, 4}).sum().backward();
            Tensor gradient =
                backbone.parameters().stream()
                    .filter(p -> p.name().endsWith("word_embeddings.weight"))
                    .findFirst()
                    .orElseThrow()
                    .tensor()
                    .grad();
            float[] rows = Tensors.floats(gradient.abs().sum(1));
            for (int row = 0; row < rows.length; row++) {
              assertThat(rows[row] > 0).as("row " + row).isEqualTo(row == 4 || row == 9);
            }
          }
        });
  }

  /** All words but the likeliest are rounded as bf16 is; see {@link WordScoresTest}. */
  @Test
  void scoresOfAHalfPrecisionBackboneComeOutInSinglePrecision() {
    Engine half = Engine.recorded(Precision.BF16, KernelPlan.plain());
    Scope.run(
        () -> {
          try (Backbone backbone =
              BackboneFamilies.standard().load(ModelFolder.open(TinyModel.bert()), half)) {
            Tensor states = states(backbone).to(Dtype.BF16.scalarType());
            Tensor all = backbone.languageModel().logits(states);
            Tensor some = backbone.languageModel().logits(states, new int[] {3, 400});
            assertThat(Tensors.dtype(all)).isEqualTo(Dtype.F32);
            assertThat(Tensors.dtype(some)).isEqualTo(Dtype.F32);
            assertClose("3", some.select(1, 0), all.select(1, 3), 1e-2, 1e-2);
            assertClose("400", some.select(1, 1), all.select(1, 400), 1e-2, 1e-2);
            assertClose("fp32's", all, logits(TinyModel.bert()), 0.15, 0.02);
          }
        });
  }

  @Test
  void refusesWordsOutsideTheVocabulary() {
    withBackbone(
        TinyModel.bert(),
        backbone ->
            assertThatThrownBy(
                    () -> backbone.languageModel().logits(states(backbone), new int[] {1, 470}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("words[1]: 470 lies outside the vocabulary of 470"));
  }

  private static Tensor states(Backbone backbone) {
    return RandomStream.of(3).gaussian(1, 3, backbone.spec().hidden());
  }

  private static Tensor logits(Path folder) {
    return Scope.keep(
        () -> {
          try (Backbone backbone = load(folder)) {
            return backbone.languageModel().logits(states(backbone));
          }
        });
  }

  private static void assertSameLogits(Path folder, Path other) {
    Scope.run(() -> assertClose("logits", logits(folder), logits(other), 0, 0));
  }

  private static long ownWeights(Path folder) {
    try (Backbone backbone = load(folder)) {
      return backbone.languageModel().parameterCount();
    }
  }

  private static Backbone load(Path folder) {
    return BackboneFamilies.standard().load(ModelFolder.open(folder), Engine.reference());
  }

  private static WeightReport inspect(Path folder) {
    ModelFolder opened = ModelFolder.open(folder);
    return BackboneFamilies.standard().of(opened).inspect(opened);
  }

  /** Runs a block on a folder's backbone and gives its hash. */
  private static String withBackbone(Path folder, Consumer<Backbone> block) {
    return Scope.run(
        () -> {
          try (Backbone backbone = load(folder)) {
            block.accept(backbone);
            return backbone.weightsHash();
          }
        });
  }

  /** A copy of a tiny model with other weights. */
  private Path rewritten(String family, Consumer<Map<String, Tensor>> change) {
    Path from = TinyModel.folder(family);
    try {
      Path folder = Files.createTempDirectory(temporary, family);
      Files.copy(from.resolve("config.json"), folder.resolve("config.json"));
      Scope.run(
          () -> {
            Map<String, Tensor> weights = new LinkedHashMap<>();
            try (SafetensorsFile file = SafetensorsFile.open(from.resolve("model.safetensors"))) {
              file.names().forEach(name -> weights.put(name, file.read(name)));
            }
            change.accept(weights);
            SafetensorsWriter.write(
                folder.resolve("model.safetensors"), weights, Map.of("format", "pt"));
          });
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path untiedInConfig(Consumer<Map<String, Tensor>> change) {
    Path folder = rewritten("bert", change);
    Path file = folder.resolve("config.json");
    try {
      String config = Files.readString(file, StandardCharsets.UTF_8);
      String untied =
          config.replaceFirst("\"tie_word_embeddings\":\\s*true", "\"tie_word_embeddings\": false");
      assertThat(untied).isNotEqualTo(config);
      Files.writeString(file, untied, StandardCharsets.UTF_8);
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
