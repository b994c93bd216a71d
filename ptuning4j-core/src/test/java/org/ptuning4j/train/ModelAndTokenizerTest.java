package org.ptuning4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyModel;
import org.ptuning4j.data.BadRowPolicy;
import org.ptuning4j.prompt.method.HeadOnly;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.train.batching.Batching.FixedBatches;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.run.TrainingListener;
import org.ptuning4j.train.run.TrainingResult;

/** Models whose tokenizer does not belong to them, as people's bug reports bring them. */
class ModelAndTokenizerTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path temp;
  private Path model;
  private Path train;
  private Path dev;
  private final List<String> said = new ArrayList<>();

  @BeforeEach
  void copy() throws IOException {
    model = Files.createDirectory(temp.resolve("model"));
    try (Stream<Path> files = Files.list(TinyModel.bert())) {
      for (Path file : files.toList()) {
        Files.copy(file, model.resolve(file.getFileName()));
      }
    }
    Path data = Files.createDirectory(temp.resolve("data"));
    train = TinyModel.data(data.resolve("train.jsonl"), 24, 1);
    dev = TinyModel.data(data.resolve("dev.jsonl"), 12, 2);
  }

  private TrainingResult run(BadRowPolicy policy) {
    TrainingConfig config =
        TrainingConfig.builder()
            .method(new HeadOnly())
            .batching(new FixedBatches(8))
            .precision(Precision.FP32)
            .epochs(1)
            .build();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void remarked(String remark) {
            said.add(remark);
          }

          @Override
          public void warned(String message) {
            said.add(message);
          }
        };
    return new Training(model, TinyModel.task(), config)
        .run(new TrainingData(train, dev, policy), temp.resolve("run"), listener);
  }

  /** Words were added to the tokenizer, and the model was not resized. */
  private void addWord(String word) throws IOException {
    Path file = model.resolve("tokenizer.json");
    ObjectNode tokenizer = (ObjectNode) JSON.readTree(file.toFile());
    ObjectNode token = ((ArrayNode) tokenizer.get("added_tokens")).addObject();
    token.put("id", tokenizer.path("model").path("vocab").size()).put("content", word);
    token.put("special", false).put("single_word", false).put("normalized", false);
    token.put("lstrip", false).put("rstrip", false);
    JSON.writeValue(file.toFile(), tokenizer);
  }

  @Test
  void aWordWithoutEmbeddingInOneEvaluationRow() throws IOException {
    addWord("<user>");
    String lines = Files.readString(dev);
    String label = JSON.readTree(lines.lines().findFirst().orElseThrow()).path("label").asText();
    Files.writeString(
        dev,
        lines + "{\"text\": \"<user> said\", \"label\": \"" + label + "\"}\n",
        StandardCharsets.UTF_8);
    assertThatThrownBy(() -> run(BadRowPolicy.REFUSE))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("dev.jsonl", "line 13", "'<user>'", "no embedding");
    assertThat(temp.resolve("run").resolve("run.json")).doesNotExist();

    TrainingResult result = run(BadRowPolicy.SKIP);
    assertThat(result.skippedRows()).isEqualTo(1);
    assertThat(said)
        .anyMatch(text -> text.contains("'<user>'") && text.contains("cannot be read"))
        .contains("1 row that the model cannot read is left out");
  }

  @Test
  void aWebPageInPlaceOfAFile() throws IOException {
    Files.writeString(model.resolve("tokenizer.json"), "<!DOCTYPE html><title>Sign in</title>");
    assertThatThrownBy(() -> run(BadRowPolicy.REFUSE))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("tokenizer.json", "not valid JSON", "line 1");
  }

  @Test
  void accentsThatTheSettingsKeepAndTheTokenizerStrips() throws IOException {
    Path file = model.resolve("tokenizer_config.json");
    ObjectNode settings = (ObjectNode) JSON.readTree(file.toFile());
    ObjectNode tokenizer = (ObjectNode) JSON.readTree(model.resolve("tokenizer.json").toFile());
    boolean lower = tokenizer.path("normalizer").path("lowercase").asBoolean();
    settings.put("strip_accents", !lower);
    JSON.writeValue(file.toFile(), settings);
    run(BadRowPolicy.REFUSE);
    assertThat(said)
        .anyMatch(
            text ->
                text.contains("strip_accents")
                    && text.contains("tokenizer_config.json")
                    && text.contains("is followed"));
  }
}
