package org.ptuning4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.data.BadRowPolicy;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.predict.Outcome;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.predict.Request;
import org.ptuning4j.prompt.method.HeadOnly;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.check.ModelReading;
import org.ptuning4j.task.check.RunCheck;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.task.template.KnownTokens;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.text.TextTokenizer;
import org.ptuning4j.train.Training;
import org.ptuning4j.train.TrainingData;
import org.ptuning4j.train.batching.Batching;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.run.TrainingListener;

/** A token was added to the tokenizer, and the model's embeddings were not resized. */
class ModelCheckTest {

  private static final String ADDED = "<prod>";

  @TempDir private Path temp;
  private Path model;
  private Path train;
  private Path dev;

  /** What a run says. */
  private static final class Heard implements TrainingListener {
    private final List<String> remarks = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private int steps;

    @Override
    public void remarked(String remark) {
      remarks.add(remark);
    }

    @Override
    public void warned(String message) {
      warnings.add(message);
    }

    @Override
    public void stepped(Step step) {
      steps++;
    }
  }

  private final Heard heard = new Heard();

  @BeforeEach
  void addAToken() throws IOException {
    model = Files.createDirectory(temp.resolve("model"));
    try (Stream<Path> files = Files.list(TinyModel.bert())) {
      for (Path file : files.toList()) {
        Files.copy(file, model.resolve(file.getFileName()));
      }
    }
    ObjectMapper mapper = new ObjectMapper();
    Path file = model.resolve("tokenizer.json");
    ObjectNode json = (ObjectNode) mapper.readTree(file.toFile());
    ObjectNode token = ((ArrayNode) json.get("added_tokens")).addObject();
    token.put("id", 470).put("content", ADDED).put("special", false);
    for (String flag : List.of("single_word", "lstrip", "rstrip", "normalized")) {
      token.put(flag, false);
    }
    mapper.writeValue(file.toFile(), json);
    train = TinyModel.data(temp.resolve("train.jsonl"), 20, 1);
    dev = TinyModel.data(temp.resolve("dev.jsonl"), 10, 2);
  }

  @Test
  void aSoundModelHasNothingOdd() {
    try (TextTokenizer tokenizer = TextTokenizer.open(TinyModel.bert())) {
      assertThat(check(TinyModel.bert()).remarks(tokenizer)).isEmpty();
      assertThat(check(TinyModel.bert()).embeddings()).isEqualTo(470);
    }
  }

  @Test
  void theSizesAreSaid() {
    try (TextTokenizer tokenizer = TextTokenizer.open(model)) {
      String remark =
          "the tokenizer has 471 tokens, and the model 470 word embeddings: texts with the token"
              + " '<prod>' cannot be read";
      assertThat(check(model).remarks(tokenizer)).containsExactly(remark);
      assertThat(check(model).ofTokenizer(tokenizer)).containsExactly(remark);
    }
  }

  @Test
  void aTrainingRowWithTheTokenIsRefusedBeforeTheFirstStep() throws IOException {
    insert(train, 3);
    assertThatThrownBy(() -> run(BadRowPolicy.REFUSE))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(train + " has a bad row:")
        .hasMessageContaining(
            "line 3: the token '<prod>' (470) has no embedding: the model has 470");
    assertThat(heard.steps).isZero();
    assertThat(heard.remarks).hasSize(1);
  }

  @Test
  void soIsARowOfTheEvaluationData() throws IOException {
    insert(dev, 7);
    assertThatThrownBy(() -> run(BadRowPolicy.REFUSE))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(dev + " has a bad row:")
        .hasMessageContaining("line 7: the token '<prod>'");
    assertThat(heard.steps).isZero();
  }

  @Test
  void skippedRowsAreCounted() throws IOException {
    insert(train, 3);
    insert(train, 4);
    insert(dev, 7);
    assertThat(run(BadRowPolicy.SKIP)).isEqualTo(3);
    assertThat(heard.warnings).contains("3 rows that the model cannot read are left out");
    assertThat(heard.steps).isPositive();
  }

  @Test
  void aCheckOfTheDataNamesTheRowsThatTrainingRefuses() throws IOException {
    insert(train, 3);
    insert(dev, 7);
    String cause = "the token '<prod>' (470) has no embedding: the model has 470";
    try (TextTokenizer tokenizer = TextTokenizer.open(model)) {
      KnownTokens known = new KnownTokens(tokenizer, check(model).embeddings());
      Optional<ModelReading> reading =
          Optional.of(new ModelReading(new ItemEncoder(tokenizer, 64), known));
      Task<?> task = TinyModel.task();
      RunCheck found = RunCheck.forTraining(InputFile.of(train), InputFile.of(dev), task, reading);
      assertThat(found.isSound()).isFalse();
      assertThat(found.data().badRows()).singleElement().asString().startsWith("line 3: " + cause);
      assertThat(found.data().task().examples()).isEqualTo(19);
      assertThat(found.dev().badRows()).singleElement().asString().startsWith("line 7: " + cause);
      RunCheck asked = RunCheck.forPrediction(InputFile.of(dev), task, reading);
      assertThat(asked.data().badRows()).singleElement().asString().startsWith("line 7: " + cause);
    }
  }

  @Test
  void aPredictionLosesThatRowOnly() {
    run(BadRowPolicy.REFUSE);
    try (Predictor predictor = Predictor.open(model, Precision.FP32)) {
      predictor.add("toy", temp.resolve("run").resolve("pack"));
      assertThat(predictor.remarks()).hasSize(1);
      List<Outcome> outcomes =
          predictor.answer(
              List.of(
                  Request.of("toy", "the pizza"),
                  Request.of("toy", "the " + ADDED + " pizza"),
                  Request.of("toy", "the capital")));
      assertThat(outcomes.get(0)).isInstanceOf(Outcome.Answered.class);
      assertThat(outcomes.get(2)).isInstanceOf(Outcome.Answered.class);
      Outcome.Failed failed = (Outcome.Failed) outcomes.get(1);
      assertThat(failed.isBadInput()).isTrue();
      assertThat(failed.reason()).contains("the token '<prod>' (470) has no embedding");
      assertThat(outcomes.get(0).orElseThrow().text())
          .isEqualTo(predictor.answer(Request.of("toy", "the pizza")).text());
    }
  }

  private static ModelCheck check(Path folder) {
    return new ModelCheck(ModelFolder.open(folder), BackboneFamilies.standard());
  }

  /** Trains head only; returns how many rows were left out. */
  private int run(BadRowPolicy policy) {
    TrainingConfig config =
        TrainingConfig.builder()
            .method(new HeadOnly())
            .epochs(1)
            .batching(new Batching.FixedBatches(4))
            .learningRate(1e-2)
            .precision(Precision.FP32)
            .build();
    return new Training(model, TinyModel.task(), config)
        .run(new TrainingData(train, dev, policy), temp.resolve("run"), heard)
        .skippedRows();
  }

  private static void insert(Path file, int line) throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(file));
    lines.set(line - 1, "{\"text\": \"the " + ADDED + " dog\", \"label\": \"good\"}");
    Files.write(file, lines);
  }
}
