package org.ptuning4j.train.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.DropoutRates;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Examples;
import org.ptuning4j.head.Head;
import org.ptuning4j.head.HeadOptions;
import org.ptuning4j.prompt.PromptContext;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.prompt.initialisation.SoftTokenInitialisation;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.prompt.method.PromptTuning;
import org.ptuning4j.task.Preparation;
import org.ptuning4j.task.PreparedTask;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.check.Overlap;
import org.ptuning4j.task.generation.GenerationTask;
import org.ptuning4j.task.standard.Tasks;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.task.template.KnownTokens;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.text.TextTokenizer;
import org.ptuning4j.train.Training;
import org.ptuning4j.train.TrainingData;
import org.ptuning4j.train.batching.PackedRows;
import org.ptuning4j.train.config.Regularisation;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.run.TrainingListener;

/** Texts that share a row have the loss and the gradients that they have in rows of their own. */
class PackingTest {

  @TempDir static Path folder;

  static Stream<Arguments> cases() {
    return Stream.of("gpt2", "llama", "mistral") // the last has a window
        .flatMap(
            family ->
                Stream.of(
                    Arguments.of(family, PTuningV2.asPublished(3), 0),
                    Arguments.of(
                        family, new PromptTuning(4, SoftTokenInitialisation.uniform()), 4)));
  }

  private static ModelFolder model(String family) throws IOException {
    if (!family.equals("mistral")) {
      return ModelFolder.open(TinyModel.folder(family));
    }
    Path model = Files.createTempDirectory(folder, family);
    try (Stream<Path> files = Files.list(TinyModel.folder("llama"))) {
      for (Path file : files.toList()) {
        Files.copy(file, model.resolve(file.getFileName().toString()));
      }
    }
    Path config = model.resolve("config.json");
    String windowed =
        Files.readString(config)
            .replaceAll(
                "\"model_type\": *\"llama\"", "\"model_type\": \"mistral\", \"sliding_window\": 5");
    return ModelFolder.open(Files.writeString(config, windowed).getParent());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void targetsOfSeveralLengths(String family, PromptMethod method, int softTokens)
      throws IOException {
    Path rows =
        Files.writeString(
            folder.resolve("rows.jsonl"),
            """
            {"source": "fox", "target": "the quick brown fox jumps over the lazy dog"}
            {"source": "a dog and a cat and a fox in the house", "target": "three"}
            {"source": "b", "target": "c"}
            {"source": "pizza", "target": "the pizza"}
            """,
            StandardCharsets.UTF_8);
    requireSame(model(family), method, softTokens, GenerationTask.standard(), rows);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void sequencesReadAtTheirLastToken(String family, PromptMethod method, int softTokens)
      throws Exception {
    Path rows = Path.of(Tasks.class.getResource("/org/ptuning4j/examples/cb.jsonl").toURI());
    requireSame(model(family), method, softTokens, Tasks.standard().get("cb"), rows);
  }

  private static <E extends Example> void requireSame(
      ModelFolder model, PromptMethod method, int softTokens, Task<E> task, Path rows) {
    try (TextTokenizer tokenizer = TextTokenizer.open(model.path());
        Backbone backbone = BackboneFamilies.standard().load(model, Engine.reference());
        PromptModule prompt =
            method.create(
                new PromptContext(backbone.spec(), backbone.engine(), RandomStream.of(7), null))) {
      Examples<E> read = task.read(rows);
      PreparedTask<E> prepared =
          task.prepare(
              Preparation.of(read, tokenizer, softTokens > 0, backbone.spec().direction()));
      EncodedExamples<E> encoded =
          EncodedExamples.of(
              prepared,
              read.examples(),
              new ItemEncoder(tokenizer, 40),
              new KnownTokens(tokenizer, tokenizer.vocabularySize()),
              softTokens);
      PromptedBackbone pass =
          new PromptedBackbone(backbone, prompt, Dropout.off(), DropoutRates.NONE);
      Step apart = step(objective(prepared, encoded, backbone, tokenizer.padId(), false), pass);
      Step packed = step(objective(prepared, encoded, backbone, tokenizer.padId(), true), pass);

      assertThat(packed.loss()).isCloseTo(apart.loss(), within(1e-5 * Math.abs(apart.loss())));
      apart
          .gradients()
          .forEach(
              (name, gradient) ->
                  assertThat(packed.gradients().get(name))
                      .as(name)
                      .containsExactly(gradient, within(1e-4f * largest(gradient))));
    }
  }

  private static <E extends Example> TaskObjective<E> objective(
      PreparedTask<E> task,
      EncodedExamples<E> rows,
      Backbone backbone,
      int padId,
      boolean packing) {
    Head head =
        task.head(new HeadOptions(backbone.spec(), Optional.empty(), 0))
            .create(backbone, RandomStream.of(3));
    return new TaskObjective<>(
        task,
        head,
        rows,
        rows,
        new Overlap("rows", "rows", 0, 0, List.of()),
        List.of(),
        padId,
        packing,
        Regularisation.NONE,
        Optional.empty());
  }

  /** What a step over all rows gives. */
  private record Step(double loss, Map<String, float[]> gradients) {}

  private static Step step(TaskObjective<?> objective, PromptedBackbone pass) {
    int[] all = IntStream.range(0, objective.trainingExamples()).toArray();
    try (objective) {
      double sum =
          Scope.run(
              () -> {
                Tensor loss = objective.loss(pass, all).sum();
                loss.backward();
                return loss.item_double();
              });
      return new Step(sum, taken(pass.prompt().parameters()));
    }
  }

  /** The gradients by parameter, which are cleared. */
  private static Map<String, float[]> taken(List<Parameter> parameters) {
    return Scope.run(
        () -> {
          Map<String, float[]> all = new LinkedHashMap<>();
          for (Parameter parameter : parameters) {
            Tensor gradient = parameter.tensor().mutable_grad();
            all.put(parameter.name(), Tensors.floats(gradient));
            gradient.reset();
          }
          return all;
        });
  }

  private static float largest(float[] values) {
    float largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertThat(largest).isPositive();
    return largest;
  }

  @Test
  void longestFirstEachWhereThereIsRoom() {
    List<TokenRow> texts =
        IntStream.of(100, 30, 200, 60, 300, 50).mapToObj(PackingTest::text).toList();

    PackedRows packed = PackedRows.of(texts, 0);

    // 300 | 200 + 50 | 100 + 60 + 30
    assertThat(packed.tokens().rows()).isEqualTo(3);
    assertThat(packed.tokens().columns()).isEqualTo(300);
    assertThat(packed.starts()).containsExactly(600, 760, 300, 700, 0, 500);
    assertThat(packed.tokens().tokens()).isEqualTo(740);
    int[] positions = packed.tokens().geometry().positions().get(0);
    assertThat(positions[700]).isZero();
    assertThat(positions[759]).isEqualTo(59);
    assertThat(packed.tokens().geometry().reach().covers(2, 161, 160)).isTrue();
    assertThat(packed.tokens().geometry().reach().covers(2, 160, 159)).isFalse();
    long[] places = packed.places(texts);
    assertThat(places[0]).isEqualTo(600);
    assertThat(places[99]).isEqualTo(699);
    assertThat(places[299]).as("beyond the end: the last one").isEqualTo(699);
  }

  @Test
  void anEncoderIsRefused() {
    Path rows = TinyModel.data(folder.resolve("rows-of-an-encoder.jsonl"), 8, 1);
    TrainingConfig config =
        TrainingConfig.builder().method(PTuningV2.asPublished(3)).packing(true).build();
    Training training = new Training(TinyModel.bert(), TinyModel.task(), config);

    assertThatThrownBy(
            () ->
                training.run(
                    TrainingData.of(rows, rows), folder.resolve("run"), TrainingListener.silent()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("packing")
        .hasMessageContaining("bert");
  }

  private static TokenRow text(int length) {
    return TokenRow.of(new int[length], new int[length]);
  }
}
