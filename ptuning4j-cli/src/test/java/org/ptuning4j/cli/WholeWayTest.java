package org.ptuning4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.cli.options.PackFolders;
import org.ptuning4j.hub.Models;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.predict.Request;
import org.ptuning4j.task.LabelAnswer;
import org.ptuning4j.tensor.engine.Precision;

/** From a data file to a trained pack to predictions, on the model that comes with the command. */
class WholeWayTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path folder;
  private static Path reviews;
  private static Run trained;
  private static String pack;
  private static String pairPack;

  @BeforeAll
  static void train() throws IOException {
    reviews = TinyData.reviews(folder.resolve("reviews.jsonl"), 48);
    Path config =
        Files.writeString(
            folder.resolve("run.yaml"),
            "model: bert-mini\nepochs: 1\nprompt-length: 4\nbatch: 8\nlr: 2e-2\nprecision: fp32\n",
            StandardCharsets.UTF_8);
    trained =
        Run.of(
            "train",
            "--config",
            config.toString(),
            "--epochs",
            "3",
            "--train",
            reviews.toString(),
            "--dev",
            reviews.toString(),
            "--text",
            "text",
            "--label",
            "label",
            "--out",
            folder.resolve("mood").toString());
    pack = folder.resolve("mood").resolve("pack").toString();
    Path pairs = TinyData.pairs(folder.resolve("pairs.tsv"), 20);
    Run second =
        Run.of(
            "train",
            "--model",
            "bert-mini",
            "--train",
            pairs.toString(),
            "--dev",
            pairs.toString(),
            "--text",
            "first",
            "--pair",
            "second",
            "--label",
            "same",
            "--method",
            "head-only",
            "--epochs",
            "1",
            "--precision",
            "fp32",
            "--out",
            folder.resolve("twins").toString());
    assertThat(second.code()).as(second.err()).isZero();
    pairPack = folder.resolve("twins").toString();
  }

  private static Run predict(String input, String... args) {
    List<String> all = new ArrayList<>(List.of("predict", "--model", "bert-mini"));
    all.addAll(List.of("--precision", "fp32"));
    all.addAll(List.of(args));
    return Run.withInput(input, all.toArray(String[]::new));
  }

  private static List<JsonNode> answers(Run run) throws IOException {
    List<JsonNode> answers = new ArrayList<>();
    for (String line : run.lines()) {
      answers.add(JSON.readTree(line));
    }
    return answers;
  }

  @Test
  void trainingSaysWhatItDidAndWhatIsNext() {
    assertThat(trained.code()).as(trained.err()).isZero();
    assertThat(trained.err().lines().filter(line -> line.startsWith("epoch "))).hasSize(3);
    assertThat(trained.err().lines().filter(line -> !line.startsWith("epoch ")))
        .satisfiesExactly(
            line -> assertThat(line).contains("22 rows repeat an earlier input"),
            line ->
                assertThat(line).contains("all rows (48)", "keep other rows for the evaluation"));
    assertThat(trained.out())
        .contains(
            "p-tuning-v2", "backbone frozen", "accuracy", "ptune eval", "ptune predict", pack);
  }

  @Test
  void theCommandLineWonOverTheFile() throws IOException {
    JsonNode result = JSON.readTree(folder.resolve("mood").resolve("result.json").toFile());
    assertThat(result.path("settings").path("epochs").asInt()).isEqualTo(3);
    assertThat(result.path("settings").path("prompt_length").asInt()).isEqualTo(4);
    assertThat(result.path("task").asText()).isEqualTo("mood");
  }

  @Test
  void aFolderThatHoldsARunIsRefused() {
    Run again =
        Run.of(
            "train",
            "--model",
            "bert-mini",
            "--train",
            reviews.toString(),
            "--dev",
            reviews.toString(),
            "--text",
            "text",
            "--label",
            "label",
            "--out",
            folder.resolve("mood").toString());
    assertThat(again.code()).isEqualTo(2);
    assertThat(again.err()).contains("already holds a run", "--resume");
  }

  @Test
  void evalShowsMetricsLabelsAndConfusion() throws IOException {
    Run run =
        Run.of(
            "eval",
            "--model",
            "bert-mini",
            "--pack",
            pack,
            "--data",
            reviews.toString(),
            "--precision",
            "fp32");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("48 rows", "accuracy", "recall", "true \\ predicted");
    Run json =
        Run.of(
            "eval",
            "--model",
            "bert-mini",
            "--pack",
            pack,
            "--data",
            reviews.toString(),
            "--precision",
            "fp32",
            "--json");
    JsonNode scores = JSON.readTree(json.out());
    JsonNode result = JSON.readTree(folder.resolve("mood").resolve("result.json").toFile());
    assertThat(scores.path("metrics").path("accuracy").asDouble())
        .isEqualTo(result.path("best").path("accuracy").asDouble());
    assertThat(scores.path("tables").path(0).path("rows").size()).isEqualTo(2);
    assertThat(scores.path("tables").path(1).path("header").path(0).asText())
        .isEqualTo("true \\ predicted");
  }

  @Test
  void int8AnswersAndDoesNotTrain() {
    Run answer =
        Run.of(
            "predict",
            "--model",
            "bert-mini",
            "--precision",
            "int8",
            "--pack",
            pack,
            "The film was lovely.");
    assertThat(answer.code()).as(answer.err()).isZero();
    assertThat(answer.err()).contains("int8");
    Run train =
        Run.of(
            "train",
            "--model",
            "bert-mini",
            "--text",
            "text",
            "--label",
            "label",
            "--train",
            reviews.toString(),
            "--dev",
            reviews.toString(),
            "--precision",
            "int8",
            "--out",
            folder.resolve("none").toString());
    assertThat(train.code()).isEqualTo(2);
    assertThat(train.err()).contains("--precision", "'int8'", "auto, fp32, bf16");
  }

  /** The command's answers are the library's on the same packs. */
  @Test
  void predictAnswersATextAndAPair() throws IOException {
    LabelAnswer mood;
    LabelAnswer twins;
    try (Predictor library = Predictor.open(Models.resolve("bert-mini"), Precision.FP32)) {
      library.add("mood", Path.of(pack));
      library.add("twins", PackFolders.find(Path.of(pairPack)));
      mood = label(library, Request.of("mood", "The film was lovely."));
      twins = label(library, Request.of("twins", "He saw the film.", "She saw it."));
    }
    Run single = predict("", "--pack", pack, "The film was lovely.");
    assertThat(single.code()).as(single.err()).isZero();
    assertSame(answers(single).get(0), mood);
    Run pair = predict("", "--pack", pairPack, "He saw the film.", "She saw it.");
    assertSame(answers(pair).get(0), twins);
    Run wrong = predict("", "--pack", pairPack, "Only one.");
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).contains("takes two texts");
  }

  private static LabelAnswer label(Predictor library, Request request) {
    return library.answer(request).oneLabel().orElseThrow();
  }

  private static void assertSame(JsonNode answer, LabelAnswer expected) {
    assertThat(answer.path("label").asText()).isEqualTo(expected.label());
    assertThat(answer.path("probabilities").size()).isEqualTo(expected.probabilities().size());
    expected
        .probabilities()
        .forEach(
            (label, probability) ->
                assertThat(answer.path("probabilities").path(label).asDouble())
                    .as(label)
                    .isCloseTo(probability, within(1e-5)));
  }

  @Test
  void everyRowOfAFileIsAnsweredWithItsId() throws IOException {
    Path output = folder.resolve("answers.jsonl");
    Run run =
        predict("", "--pack", pack, "--input", reviews.toString(), "--output", output.toString());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).isEmpty();
    List<String> lines = Files.readAllLines(output, StandardCharsets.UTF_8);
    assertThat(lines).hasSize(48);
    JsonNode last = JSON.readTree(lines.get(47));
    assertThat(last.path("line").asInt()).isEqualTo(48);
    assertThat(last.path("id").asText()).isEqualTo("r47");
    assertThat(
            predict("", "--pack", pack, "--input", output.toString(), "--output", output.toString())
                .err())
        .contains("the input itself");
    assertThat(Files.readAllLines(output, StandardCharsets.UTF_8)).hasSize(48);
  }

  @Test
  void standardInputMayBeTextOrColumns() throws IOException {
    Run plain = predict("Lovely, that.\n\nIt was dull.\n", "--pack", pack, "--input", "-");
    assertThat(answers(plain)).extracting(a -> a.path("line").asInt()).containsExactly(1, 3);
    Run tsv = predict("id\ttext\n7\tLovely, that.\n", "--pack", pack, "--input", "-");
    assertThat(answers(tsv).get(0).path("id").asText()).isEqualTo("7");
    assertThat(answers(tsv).get(0).path("probabilities"))
        .isEqualTo(
            answers(predict("", "--pack", pack, "Lovely, that.")).get(0).path("probabilities"));
    Run other =
        predict("{\"body\": \"Lovely.\"}\n", "--pack", pack, "--input", "-", "--text", "body");
    assertThat(other.code()).as(other.err()).isZero();
    assertThat(predict("", "--pack", pack, "--input", "-").err()).contains("is empty");
  }

  @Test
  void aBadRowCostsNoOtherRow() throws IOException {
    String rows =
        """
        {"text": "Lovely."}
        {"id": "b7", "txt": "oops"}
        not json
        {"text": "Dull."}
        """;
    Run run = predict(rows, "--pack", pack, "--input", "-");
    assertThat(run.code()).isEqualTo(2);
    List<JsonNode> lines = answers(run);
    assertThat(lines).extracting(a -> a.path("line").asInt()).containsExactly(1, 2, 3, 4);
    assertThat(lines).extracting(a -> a.has("label")).containsExactly(true, false, false, true);
    assertThat(lines.get(1).path("error").asText()).contains("column 'text' is missing");
    assertThat(lines.get(1).path("id").asText()).isEqualTo("b7");
    assertThat(lines.get(2).path("error").asText()).contains("not valid JSON");
    assertThat(run.err()).contains("line 2: column 'text' is missing", "line 3: not valid JSON");
    assertThat(predict(rows, "--pack", pack, "--input", "-", "--skip-bad-rows").code()).isZero();
  }

  @Test
  void packsShareABatch() throws IOException {
    String rows =
        """
        {"task": "mood", "text": "Lovely."}
        {"task": "twins", "first": "A film.", "second": "A book."}
        {"task": "moon", "text": "Lovely."}
        """;
    Run run = predict(rows, "--pack", pack, "--pack", "twins=" + pairPack, "--input", "-");
    assertThat(run.code()).isEqualTo(2);
    assertThat(answers(run))
        .extracting(a -> a.path("task").asText())
        .containsExactly("mood", "twins", "");
    assertThat(answers(run).get(2).path("error").asText()).contains("moon");
    assertThat(run.err()).contains("line 3", "moon", "mood, twins");
    assertThat(answers(predict("", "--pack", pack, "--pack", "b=" + pack, "Lovely."))).hasSize(2);
    assertThat(predict("", "--pack", pack, "--pack", pack, "Lovely.").err())
        .contains("two packs are called 'mood'");
  }

  /** Lines of text suit tasks on one text; a task that takes two says so in its own line. */
  @Test
  void everyTaskIsAskedAboutEveryRow() throws IOException {
    String[] packs = {"--pack", "a=" + pack, "--pack", "b=" + pack, "--all-tasks", "--input", "-"};
    Run lines = predict("A lovely film.\nA dull one.\n", packs);
    assertThat(lines.code()).as(lines.err()).isZero();
    assertThat(lines.err()).contains("Each task computes all layers", "--layers top:K");
    List<JsonNode> answers = answers(lines);
    assertThat(answers.stream().map(each -> each.path("line").asInt() + each.path("task").asText()))
        .containsExactly("1a", "1b", "2a", "2b");
    assertThat(answers.get(2).path("label")).isEqualTo(answers.get(3).path("label"));

    String row = "{\"text\": \"A lovely film.\", \"first\": \"He saw it.\", \"id\": 7}\n";
    Run mixed =
        predict(row, "--pack", "a=" + pack, "--pack", pairPack, "--all-tasks", "--input", "-");
    assertThat(mixed.code()).isEqualTo(2);
    assertThat(answers(mixed)).hasSize(2);
    assertThat(answers(mixed).get(0).path("label").asText()).isNotEmpty();
    JsonNode bad = answers(mixed).get(1);
    assertThat(bad.path("task").asText()).isEqualTo("twins");
    assertThat(bad.path("id").asInt()).isEqualTo(7);
    assertThat(bad.path("error").asText()).contains("second");
    Run single = predict("", "--pack", pack, "--all-tasks", "Text.");
    assertThat(single.code()).isEqualTo(2);
    assertThat(single.err()).contains("all-tasks: there is one --pack");
  }

  @Test
  void inspectKnowsModelsPacksAndRuns() throws IOException {
    Run model = Run.of("inspect", "bert-mini", "--tensors", "--json");
    JsonNode facts = JSON.readTree(model.out());
    assertThat(facts.path("loadable").asBoolean()).isTrue();
    assertThat(facts.path("model").path("layers").asInt()).isEqualTo(4);
    assertThat(facts.path("tensors").size()).isEqualTo(74);
    Run packs = Run.of("inspect", pack, "--model", "bert-mini");
    assertThat(packs.code()).as(packs.err()).isZero();
    assertThat(packs.out()).contains("prompt_embeddings", "F32 [4, 2048]", "belongs to bert-mini");
    assertThat(Run.of("inspect", folder.resolve("mood").toString()).out())
        .contains("a run", "trainable_parameters");
  }

  @Test
  void aDamagedModelIsNamedTensorByTensor() throws IOException {
    Path model = Files.createDirectory(folder.resolve("damaged"));
    Path whole = org.ptuning4j.hub.Models.resolve("bert-mini");
    for (String name : List.of("model.safetensors", "tokenizer.json")) {
      Files.copy(whole.resolve(name), model.resolve(name));
    }
    String config = Files.readString(whole.resolve("config.json"), StandardCharsets.UTF_8);
    Files.writeString(
        model.resolve("config.json"),
        config.replace("\"num_hidden_layers\": 4", "\"num_hidden_layers\": 5"),
        StandardCharsets.UTF_8);
    Run run = Run.of("inspect", model.toString());
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).contains("encoder.layer.4.attention", "missing", "cannot be loaded");
  }
}
