package org.ptuning4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.GoldenSet;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyModel;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.form.PositionConvention;
import org.ptuning4j.prompt.initialisation.DeepInitialisation;
import org.ptuning4j.prompt.initialisation.SoftTokenInitialisation;
import org.ptuning4j.prompt.method.FullFineTuning;
import org.ptuning4j.prompt.method.HeadOnly;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.prompt.method.PrefixTuning;
import org.ptuning4j.prompt.method.PromptTuning;
import org.ptuning4j.prompt.module.PrefixAttention;
import org.ptuning4j.prompt.setting.LayerRange;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.generation.GenerationTask;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.train.batching.Batching.FixedBatches;
import org.ptuning4j.train.config.StateCaching;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.run.TrainingListener;
import org.ptuning4j.train.run.TrainingResult;

/** Whole runs in which a prompt learns to stand for a document. */
class DistillationTest {

  private static final String TEXT =
      "the quick brown fox jumps over the lazy dog in France, a pizza and the capital of the fox";

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path temp;
  private Path rows;
  private Path document;
  private TrainingData data;

  @BeforeEach
  void write() throws IOException {
    StringBuilder lines = new StringBuilder();
    List<String> words = List.of("fox", "dog", "pizza", "capital", "the lazy fox", "in France");
    for (int i = 0; i < 24; i++) {
      lines
          .append("{\"source\": \"where is ")
          .append(words.get(i % words.size()))
          .append("\", \"target\": \"the ")
          .append(words.get(i / words.size()))
          .append(" jumps\"}\n");
    }
    rows = Files.writeString(temp.resolve("rows.jsonl"), lines);
    document = Files.writeString(temp.resolve("document.txt"), TEXT);
    data = TrainingData.of(rows, rows).distilledFrom(document);
  }

  private static Training training(
      String family, PromptMethod method, int epochs, StateCaching cache) {
    TrainingConfig config =
        TrainingConfig.builder()
            .method(method)
            .learningRate(5e-2)
            .dropout(Optional.of(0.0))
            .epochs(epochs)
            .batching(new FixedBatches(8))
            .cache(cache)
            .precision(Precision.FP32)
            .build();
    return new Training(TinyModel.folder(family), GenerationTask.standard(), config);
  }

  private List<JsonNode> evaluations(Path run) throws IOException {
    List<JsonNode> found = new ArrayList<>();
    for (String line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
      JsonNode node = JSON.readTree(line);
      if (node.has("dev_loss")) {
        found.add(node);
      }
    }
    return found;
  }

  private static List<PromptMethod> methods() {
    return List.of(
        new PTuningV2(
            16,
            LayerRange.all(),
            Optional.empty(),
            0,
            PositionConvention.SHIFTED,
            DeepInitialisation.text(TEXT),
            PrefixAttention.plain()),
        PrefixTuning.ofLength(6),
        new PromptTuning(6, SoftTokenInitialisation.uniform()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "llama"})
  void thePromptComesToStandForTheDocument(String family) throws IOException {
    training(family, new HeadOnly(), 1, StateCaching.AUTO)
        .run(data, temp.resolve("without"), TrainingListener.silent());
    Path out = temp.resolve("run");
    TrainingResult result =
        training(family, methods().get(0), 120, StateCaching.AUTO)
            .run(data, out, TrainingListener.silent());

    List<JsonNode> evaluations = evaluations(out);
    double first = evaluations(temp.resolve("without")).get(0).get("dev_loss").asDouble();
    double last = evaluations.get(evaluations.size() - 1).get("dev_loss").asDouble();

    assertThat(last).isPositive().isLessThan(first / 10);
    assertThat(result.best().get("agreement")).isBetween(0.75, 1.0);
    assertThat(result.best()).containsKeys("token_accuracy", "perplexity");
    JsonNode recorded = JSON.readTree(out.resolve("run.json").toFile());
    assertThat(recorded.at("/fingerprints/document/file").asText()).isEqualTo("document.txt");
    assertThat(recorded.at("/fingerprints/document/tokens").asInt()).isGreaterThan(20);
  }

  @Test
  void everyPromptLearns() throws IOException {
    for (PromptMethod method : methods()) {
      Path out = temp.resolve("run-" + method.name());
      training("gpt2", method, 12, StateCaching.AUTO).run(data, out, TrainingListener.silent());
      List<JsonNode> evaluations = evaluations(out);
      assertThat(evaluations.get(11).get("dev_loss").asDouble())
          .as(method.name())
          .isLessThan(0.8 * evaluations.get(0).get("dev_loss").asDouble());
    }
  }

  /** With the teacher's states kept, and with those that are computed with each batch. */
  @ParameterizedTest
  @ValueSource(strings = {"auto", "off"})
  void goesOnToTheBit(String cache) throws IOException {
    StateCaching caching = StateCaching.parse(cache);
    PromptMethod method = methods().get(0);
    training("llama", method, 3, caching)
        .run(data, temp.resolve("whole"), TrainingListener.silent());
    Training first = training("llama", method, 3, caching);
    first.run(
        data,
        temp.resolve("parts"),
        new TrainingListener() {
          @Override
          public void evaluated(Evaluated evaluated) {
            first.stop();
          }
        });
    training("llama", method, 3, caching)
        .resume(data, temp.resolve("parts"), TrainingListener.silent());

    assertThat(temp.resolve("parts/pack/prompt.safetensors"))
        .hasSameBinaryContentAs(temp.resolve("whole/pack/prompt.safetensors"));
  }

  @Test
  void anotherDocumentIsAnotherRun() throws IOException {
    Training first = training("gpt2", methods().get(0), 2, StateCaching.AUTO);
    first.run(data, temp.resolve("run"), TrainingListener.silent());
    Files.writeString(document, TEXT + " again");

    assertThatThrownBy(
            () ->
                training("gpt2", methods().get(0), 2, StateCaching.AUTO)
                    .resume(data, temp.resolve("run"), TrainingListener.silent()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("fingerprints.document");
  }

  @Test
  void aDocumentBeyondTheModelsContextIsRefused() throws IOException {
    Files.writeString(document, "fox ".repeat(150));

    requireRefused(TinyModel.folder("gpt2"), GenerationTask.standard(), methods().get(0))
        .hasMessageContaining("document.txt")
        .hasMessageContaining("this model has 160")
        .hasMessageContaining("tokens of the document at most");
  }

  @Test
  void whatCannotLearnFromADocumentIsRefused() throws IOException {
    Path gpt2 = TinyModel.folder("gpt2");
    requireRefused(gpt2, GenerationTask.standard(), new FullFineTuning())
        .hasMessageContaining("full-fine-tuning trains the model itself");
    requireRefused(
            GoldenSet.folder().resolve("t5/model"), GenerationTask.standard(), methods().get(0))
        .hasMessageContaining("distill-from")
        .hasMessageContaining("(t5)");
    TinyModel.data(rows, 24, 1);
    requireRefused(gpt2, TinyModel.task(), methods().get(0))
        .hasMessageContaining("task 'toy'")
        .hasMessageContaining("language-model");
    requireRefused(TinyModel.bert(), TinyModel.task(), methods().get(0))
        .hasMessageContaining("(bert)");
    Files.writeString(document, " \n");
    requireRefused(gpt2, TinyModel.task(), methods().get(0)).hasMessageContaining("no words");
    Files.delete(document);
    requireRefused(gpt2, TinyModel.task(), methods().get(0)).hasMessageContaining("cannot be read");
  }

  private org.assertj.core.api.AbstractThrowableAssert<?, ? extends Throwable> requireRefused(
      Path model, Task<?> task, PromptMethod method) {
    TrainingConfig config =
        TrainingConfig.builder()
            .method(method)
            .dropout(Optional.of(0.0))
            .precision(Precision.FP32)
            .build();
    Path out = temp.resolve("refused");
    return assertThatThrownBy(
            () -> new Training(model, task, config).run(data, out, TrainingListener.silent()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("distill-from");
  }
}
