package org.ptuning4j.pack.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.ptuning4j.Closeness.assertClose;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ptuning4j.GoldenSet;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.pack.ForeignPrompts;
import org.ptuning4j.pack.Pack;
import org.ptuning4j.pack.foreign.ImportSettings;
import org.ptuning4j.prompt.form.InputPrompt;
import org.ptuning4j.prompt.form.TrainedPrompt;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.file.SafetensorsFile;
import org.ptuning4j.tensor.file.SafetensorsWriter;

/**
 * Folders of other versions of PEFT, several tasks in one prompt, and what is no prompt of ours.
 */
class PeftAdapterTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path MODEL = GoldenSet.folder().resolve("bert/model");
  private static final Path PREFIX = GoldenSet.folder().resolve("peft/bert_seqcls_prefix");

  private static Backbone backbone;

  @TempDir private Path work;

  @BeforeAll
  static void load() {
    backbone = ForeignPrompts.load(MODEL);
  }

  @AfterAll
  static void close() {
    backbone.close();
  }

  /** A copy of an adapter with other names, tensors or configuration. */
  private Path copy(
      Path adapter,
      UnaryOperator<String> names,
      Consumer<Map<String, Tensor>> change,
      Consumer<ObjectNode> config)
      throws IOException {
    Path folder = Files.createTempDirectory(work, "adapter");
    ObjectNode values = (ObjectNode) JSON.readTree(adapter.resolve(PeftConfig.FILE).toFile());
    config.accept(values);
    JSON.writeValue(folder.resolve(PeftConfig.FILE).toFile(), values);
    Scope.run(
        () -> {
          try (SafetensorsFile source =
              SafetensorsFile.open(adapter.resolve(PeftAdapter.TENSORS))) {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            source.names().forEach(name -> tensors.put(names.apply(name), source.read(name)));
            change.accept(tensors);
            SafetensorsWriter.write(folder.resolve(PeftAdapter.TENSORS), tensors, Map.of());
          }
        });
    return folder;
  }

  private Pack imported(Path adapter, ImportSettings settings) {
    return GoldenPeftFoldersTest.imported(
        adapter, MODEL, backbone, settings, work.resolve("pack-" + adapter.getFileName()));
  }

  /** The wrappers' names that versions left in front of, or within, the names of a head. */
  @ParameterizedTest
  @CsvSource({
    "base_model., base_model.model.",
    "base_model., ''",
    "base_model.classifier., base_model.classifier.modules_to_save.default.",
    "base_model.classifier., base_model.classifier.modules_to_save.",
    "base_model.classifier., base_model.model.classifier.modules_to_save.default.",
  })
  void otherNamesOfAHeadGiveTheSamePack(String now, String then) throws IOException {
    Pack expected = imported(PREFIX, ImportSettings.none());
    Path older =
        copy(
            PREFIX,
            name -> name.replace(now, then),
            tensors ->
                tensors.put(
                    "base_model.classifier.original_module.weight",
                    RandomStream.of(3).gaussian(1, 3, 48)),
            config -> {
              // fields that the first versions did not write
              List.of(
                      "num_layers",
                      "token_dim",
                      "num_attention_heads",
                      "num_transformer_submodules",
                      "modules_to_save",
                      "inference_mode",
                      "peft_version",
                      "revision")
                  .forEach(config::remove);
              config.put("task_type", "TaskType.SEQ_CLS");
              config.put("a_field_of_a_later_version", 1);
            });
    assertThat(imported(older, ImportSettings.none()).facts().tensors())
        .isEqualTo(expected.facts().tensors());
  }

  /** As PyTorch pickles it, which was the rule in the first versions. */
  @Test
  void pickledTensorsGiveTheSamePack() throws IOException {
    Path older = Files.createDirectory(work.resolve("pickled"));
    Files.copy(PREFIX.resolve(PeftConfig.FILE), older.resolve(PeftConfig.FILE));
    try (InputStream pickled =
        PeftAdapterTest.class.getResourceAsStream("/pack/bert_seqcls_prefix.bin")) {
      Files.copy(pickled, older.resolve("adapter_model.bin"));
    }
    assertThat(imported(older, ImportSettings.none()).facts().tensors())
        .isEqualTo(imported(PREFIX, ImportSettings.none()).facts().tensors());
  }

  @Test
  void oneOfSeveralTasksIsTheSharedPromptTimesItsOwnFactors() throws IOException {
    Path prompt = GoldenSet.folder().resolve("peft/bert_seqcls_prompt");
    Path several =
        copy(
            prompt,
            name -> name,
            tensors -> {
              tensors.put("prefix_task_cols", RandomStream.of(1).gaussian(1, 3, 5, 2));
              tensors.put("prefix_task_rows", RandomStream.of(2).gaussian(1, 3, 2, 48));
            },
            config -> config.put("peft_type", "MULTITASK_PROMPT_TUNING").put("num_tasks", 3));
    assertThatThrownBy(() -> imported(several, ImportSettings.none()))
        .hasMessage(
            "source-task: missing; the prompt was trained on 3 tasks, and a pack is one of them:"
                + " give a number from 0 to 2");
    assertThatThrownBy(() -> imported(several, ofTask(3)))
        .hasMessageStartingWith("source-task: 3;");
    Pack pack = imported(several, ofTask(1));
    Scope.run(
        () -> {
          try (SafetensorsFile source = SafetensorsFile.open(several.resolve(PeftAdapter.TENSORS));
              TrainedPrompt found = pack.prompt(backbone).orElseThrow()) {
            Tensor factors =
                source
                    .read("prefix_task_cols")
                    .select(0, 1)
                    .matmul(source.read("prefix_task_rows").select(0, 1));
            assertClose(
                "vectors",
                InputPrompt.FORM.cast(found).orElseThrow().vectors(),
                source.read("prompt_embeddings").mul(factors),
                1e-6,
                0);
          }
        });
    GoldenPeftFoldersTest.exported(pack, MODEL, backbone, work.resolve("flat"));
    assertThat(
            GoldenSet.json(work.resolve("flat").resolve(PeftConfig.FILE)).get("peft_type").asText())
        .isEqualTo("PROMPT_TUNING");
  }

  private static ImportSettings ofTask(int task) {
    return new ImportSettings(
        Map.of(), OptionalInt.of(task), Optional.empty(), OptionalInt.empty());
  }

  @Test
  void whatTheModelSaysOfLabelsIsTakenIfThereAreAsMany() throws IOException {
    Pack guessed = imported(PREFIX, ImportSettings.none());
    assertThat(guessed.facts().task())
        .containsEntry("labels", List.of("LABEL_0", "LABEL_1", "LABEL_2"));
    Pack given =
        imported(PREFIX, ImportSettings.of(Map.of("labels", List.of("no", "yes", "perhaps"))));
    assertThat(given.task().labelWords().keySet()).containsExactly("no", "yes", "perhaps");
    assertThatThrownBy(
            () -> imported(PREFIX, ImportSettings.of(Map.of("labels", List.of("no", "yes")))))
        .hasMessageContaining("[no, yes] are 2, and the head of bert_seqcls_prefix has 3 outputs");
    assertThatThrownBy(
            () -> imported(PREFIX, ImportSettings.of(Map.of("kind", "question-answering"))))
        .hasMessageContaining("answers with a head of kind 'span'");
  }

  @Test
  void anAdapterOfAnotherModelIsSaid() throws IOException {
    Path wide =
        copy(
            PREFIX,
            name -> name,
            tensors ->
                tensors.put(PeftAdapter.PROMPT, RandomStream.of(3).gaussian(1, 5, 2 * 12 * 768)),
            config -> config.put("base_model_name_or_path", "bert-base-uncased"));
    assertThatThrownBy(() -> imported(wide, ImportSettings.none()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("rows of 18432 numbers, and the model takes 288")
        .hasMessageContaining("its base model is bert-base-uncased");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "peft_type|LORA|peft_type: ~LORA~ is no prompt alone",
        "task_type|FEATURE_EXTRACTION|task_type: ~FEATURE_EXTRACTION~ answers nothing",
        "num_virtual_tokens|6|prompt_embeddings is [5, 288], and num_virtual_tokens is 6",
        "num_virtual_tokens|many|is the text ~many~, must be a whole number",
        "task_type|CAUSAL_LM|has tensors that are not expected",
      })
  void aFieldThatDoesNotFitIsNamed(String field, String value, String message) throws IOException {
    Path changed =
        copy(
            PREFIX,
            name -> name,
            tensors -> {},
            config -> {
              if (value.equals("6")) {
                config.put(field, 6);
              } else {
                config.put(field, value);
              }
            });
    assertThatThrownBy(() -> imported(changed, ImportSettings.none()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message.replace('~', '\''));
  }

  @Test
  void aHeadThatIsNotThereIsSaid() throws IOException {
    Path bare =
        copy(
            PREFIX,
            name -> name,
            tensors -> tensors.keySet().removeIf(name -> name.contains("classifier")),
            config -> {});
    assertThatThrownBy(() -> imported(bare, ImportSettings.none()))
        .hasMessageContaining("the head is not complete")
        .hasMessageContaining("and there are none");
  }

  @Test
  void whatIsNoAdapterIsSaid() throws IOException {
    assertThat(PeftAdapter.isOne(PREFIX)).isTrue();
    assertThat(PeftAdapter.isOne(MODEL)).isFalse();
    assertThatThrownBy(() -> PeftAdapter.open(MODEL)).hasMessageContaining("the file is missing");
    Path empty = Files.createDirectories(work.resolve("empty"));
    Files.copy(PREFIX.resolve(PeftConfig.FILE), empty.resolve(PeftConfig.FILE));
    assertThatThrownBy(() -> PeftAdapter.open(empty))
        .hasMessageEndingWith("neither adapter_model.safetensors nor adapter_model.bin is there");
    Files.writeString(empty.resolve(PeftConfig.FILE), "{\"peft_type\":1,\"peft_type\":2}");
    assertThatThrownBy(() -> PeftAdapter.open(empty)).hasMessageContaining("not valid JSON");
  }
}
