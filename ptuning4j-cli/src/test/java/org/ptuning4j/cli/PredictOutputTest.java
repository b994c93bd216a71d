package org.ptuning4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What predict writes matches what it was given: a line for each row, in order, with its id. */
class PredictOutputTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String NER =
      """
      Ada B-PER
      Moor I-PER
      sings O

      She O
      lives O
      in O
      Tarn B-LOC

      """;

  private static final String CONTEXT = "Ada Moor sings in Tarn every morning.";

  @TempDir static Path folder;
  private static Path entities;
  private static Path reading;
  private static Path mood;
  private static Path options;
  private static Path gaps;

  @BeforeAll
  static void train() throws IOException {
    Path ner = write("train.conll", NER);
    entities = train("entities", "--task", "conll03", "--train", ner + "", "--dev", ner + "");
    Path squad = write("squad.json", squad("q0", "Who sings?"));
    reading = train("reading", "--task", "squad2", "--train", squad + "", "--dev", squad + "");
    Path multirc = write("multirc.jsonl", multirc("Who sings?"));
    options = train("options", "--task", "multirc", "--train", multirc + "", "--dev", multirc + "");
    Path record = write("record.jsonl", record("@placeholder sings."));
    gaps = train("gaps", "--task", "record", "--train", record + "", "--dev", record + "");
    Path reviews = TinyData.reviews(folder.resolve("reviews.jsonl"), 8);
    mood =
        train(
            "mood",
            "--text",
            "text",
            "--label",
            "label",
            "--train",
            reviews + "",
            "--dev",
            reviews + "");
  }

  private static Path train(String out, String... more) {
    List<String> all = new ArrayList<>(List.of("train", "--model", "bert-mini"));
    all.addAll(List.of("--method", "head-only", "--epochs", "1", "--batch", "4"));
    all.addAll(List.of("--precision", "fp32", "--out", folder.resolve(out).toString()));
    all.addAll(List.of(more));
    Run run = Run.of(all.toArray(String[]::new));
    assertThat(run.code()).as(run.err()).isZero();
    return folder.resolve(out);
  }

  private static Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text, StandardCharsets.UTF_8);
  }

  /** A SQuAD file of one line, with pairs of id and question. */
  private static String squad(String... idsAndQuestions) {
    List<String> questions = new ArrayList<>();
    for (int i = 0; i < idsAndQuestions.length; i += 2) {
      questions.add(
          "{\"id\": \"%s\", \"question\": \"%s\", \"answers\": [{\"text\": \"Ada\","
                  .formatted(idsAndQuestions[i], idsAndQuestions[i + 1])
              + " \"answer_start\": 0}], \"is_impossible\": false}");
    }
    return "{\"data\": [{\"title\": \"t\", \"paragraphs\": [{\"context\": \"%s\", \"qas\": [%s]}]}]}"
        .formatted(CONTEXT, String.join(", ", questions));
  }

  /** A paragraph of MultiRC with a question of two options for each text. */
  private static String multirc(String... questions) {
    List<String> asked = new ArrayList<>();
    for (String question : questions) {
      asked.add(
          "{\"idx\": %d, \"question\": \"%s\", \"answers\": [%s, %s]}"
              .formatted(
                  asked.size(),
                  question,
                  "{\"idx\": 0, \"text\": \"Ada\", \"label\": 1}",
                  "{\"idx\": 1, \"text\": \"Tarn\", \"label\": 0}"));
    }
    return "{\"idx\": 0, \"passage\": {\"text\": \"%s\", \"questions\": [%s]}}"
        .formatted(CONTEXT, String.join(", ", asked));
  }

  /** A passage of ReCoRD with a query for each text. */
  private static String record(String... queries) {
    List<String> asked = new ArrayList<>();
    for (String query : queries) {
      asked.add(
          "{\"idx\": %d, \"query\": \"%s\", \"answers\": [{\"text\": \"Ada\"}]}"
              .formatted(asked.size(), query));
    }
    return ("{\"idx\": 0, \"passage\": {\"text\": \"%s\", \"entities\": [{\"start\": 0, \"end\":"
            + " 2}, {\"start\": 18, \"end\": 21}]}, \"qas\": [%s]}")
        .formatted(CONTEXT, String.join(", ", asked));
  }

  private static Run predict(Path pack, String... more) {
    List<String> all = new ArrayList<>(List.of("predict", "--model", "bert-mini"));
    all.addAll(List.of("--precision", "fp32", "--pack", pack.toString()));
    all.addAll(List.of(more));
    return Run.of(all.toArray(String[]::new));
  }

  private static List<JsonNode> lines(String text) {
    return text.lines().map(PredictOutputTest::json).toList();
  }

  private static JsonNode json(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new AssertionError(line, e);
    }
  }

  private static List<String> words(List<JsonNode> lines) {
    return lines.stream().map(line -> line.path("words").path(0).asText()).toList();
  }

  @Test
  void equalRowsHaveAnAnswerEach() throws IOException {
    Path one =
        write(
            "one-line.json",
            "[{\"words\": [\"Good\"]}, {\"words\": [\"Ada\"]}, {\"words\": [\"Good\"]}]");
    List<JsonNode> answers = lines(predict(entities, "--input", one + "").out());
    assertThat(words(answers)).containsExactly("Good", "Ada", "Good");
    assertThat(answers).extracting(a -> a.path("line").asInt()).containsOnly(1);
    assertThat(answers).extracting(a -> a.path("index").asInt()).containsExactly(0, 1, 2);
  }

  @Test
  void equalRowsBeyondABatchHaveAnAnswerEach() throws IOException {
    Path rows = write("many.jsonl", "{\"words\": [\"Good\"]}\n".repeat(300));
    List<JsonNode> answers = lines(predict(entities, "--input", rows + "").out());
    assertThat(answers).hasSize(300);
    assertThat(answers.get(299).path("line").asInt()).isEqualTo(300);
    assertThat(answers.get(299).has("index")).isFalse();
  }

  @Test
  void questionsKeepTheirIds() throws IOException {
    Path file = write("asked.json", squad("g1", "Who sings?", "g2", "Where?", "g3", "Who sings?"));
    List<JsonNode> answers = lines(predict(reading, "--input", file + "").out());
    assertThat(answers).extracting(a -> a.path("id").asText()).containsExactly("g1", "g2", "g3");
    assertThat(answers).allMatch(a -> a.has("answer"));
  }

  @Test
  void anIdMayBeOfAnyOfTheUsualNamesAndTypes() throws IOException {
    Path rows =
        write(
            "ids.jsonl",
            """
            {"idx": 4, "text": "Dull."}
            {"guid": "a-1", "text": "Dull."}
            {"text": "Dull."}
            """);
    List<JsonNode> answers = lines(predict(mood, "--input", rows + "").out());
    assertThat(answers.get(0).path("id").asInt()).isEqualTo(4);
    assertThat(answers.get(1).path("id").asText()).isEqualTo("a-1");
    assertThat(answers.get(2).has("id")).isFalse();
    assertThat(answers.get(2).path("line").asInt()).isEqualTo(3);
  }

  @Test
  void rowsOfOneLineKeepTheirPlacesAroundBadOnes() throws IOException {
    Path rows =
        write(
            "list.json",
            "[{\"words\": [\"Ada\"]}, {\"id\": 8, \"words\": []}, {\"words\": [\"Tarn\"]}]");
    Run run = predict(entities, "--input", rows + "");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("line 1, record 2: 'words'");
    List<JsonNode> lines = lines(run.out());
    assertThat(words(lines)).containsExactly("Ada", "", "Tarn");
    assertThat(lines).extracting(line -> line.path("index").asInt(-1)).containsExactly(0, 1, 2);
    assertThat(lines.get(1).path("id").asInt()).isEqualTo(8);
    assertThat(lines.get(1).has("error")).isTrue();
  }

  /** Each line's index, or the error in its place. */
  private static List<String> placesOf(Run run) {
    assertThat(run.code()).isEqualTo(2);
    return lines(run.out()).stream()
        .map(line -> line.path("index").asInt(-1) + (line.has("error") ? " bad" : ""))
        .toList();
  }

  @Test
  void sentencesOfADocumentKeepTheirPlacesAroundBadOnes() throws IOException {
    Path documents =
        write(
            "documents.jsonl",
            """
            {"sentences": [{"words": ["Ada"]}, {"words": []}, {"words": ["Tarn"]}]}
            {"sentences": [{"words": []}, {"words": ["Moor"]}]}
            """);
    Run run = predict(entities, "--input", documents + "");
    assertThat(placesOf(run)).containsExactly("0", "1 bad", "2", "0 bad", "1");
    assertThat(words(lines(run.out()))).containsExactly("Ada", "", "Tarn", "", "Moor");
    assertThat(run.err()).contains("line 1: sentence 2: there is no word");
  }

  @Test
  void optionsKeepTheirPlacesAroundABadQuestion() throws IOException {
    Path asked = write("asked.jsonl", multirc("Who sings?", " ", "Where?"));
    assertThat(placesOf(predict(options, "--input", asked + "")))
        .containsExactly("0", "1", "3 bad", "4", "5");
  }

  @Test
  void queriesKeepTheirPlacesAroundABadOne() throws IOException {
    Path asked = write("queries.jsonl", record("She sings.", "@placeholder sings.", "In Tarn."));
    assertThat(placesOf(predict(gaps, "--input", asked + "")))
        .containsExactly("0 bad", "1", "2 bad");
  }

  @Test
  void theFirstRowOfAListHasItsPlaceToo() throws IOException {
    Path rows = write("texts.json", "[{\"text\": \"Dull.\"}, {\"text\": \"Lovely.\"}]");
    List<JsonNode> lines = lines(predict(mood, "--input", rows + "").out());
    assertThat(lines).extracting(line -> line.path("index").asInt(-1)).containsExactly(0, 1);
  }

  @Test
  void aQuestionThatCannotBeUsedKeepsItsIdAndItsPlace() throws IOException {
    Path file = write("blank.json", squad("g1", "Who sings?", "g2", " ", "g3", "Where?"));
    Run run = predict(reading, "--input", file + "");
    assertThat(run.code()).isEqualTo(2);
    List<JsonNode> lines = lines(run.out());
    assertThat(lines).extracting(a -> a.path("id").asText()).containsExactly("g1", "g2", "g3");
    assertThat(lines.get(1).path("error").asText()).contains("'question' is blank");
    assertThat(lines.get(2).path("index").asInt()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void halfAnEmojiCostsItsOwnRowOnly(boolean toFile) throws IOException {
    Path rows =
        write(
            "half.jsonl",
            """
            {"id": 1, "words": ["Ada"]}
            {"id": 2, "words": ["cut \\ud83d"]}
            {"id": 3, "words": ["Tarn"]}
            """);
    Path output = folder.resolve("half.out");
    Run run =
        toFile
            ? predict(entities, "--input", rows + "", "--output", output + "")
            : predict(entities, "--input", rows + "");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("line 2: ", "half of a character");
    List<JsonNode> lines =
        lines(toFile ? Files.readString(output, StandardCharsets.UTF_8) : run.out());
    assertThat(words(lines)).containsExactly("Ada", "", "Tarn");
    assertThat(lines.get(1).path("line").asInt()).isEqualTo(2);
    assertThat(lines.get(1).path("id").asInt()).isEqualTo(2);
    assertThat(lines.get(1).path("error").asText()).contains("half of a character");
  }

  @Test
  void aContextOfNothingHasNoAnswerAndNoGreatNumber() throws IOException {
    Path rows =
        write(
            "contexts.jsonl",
            "{\"id\": \"a\", \"question\": \"Who?\", \"context\": \"\\u00a0\\u00a0\"}\n"
                + "{\"id\": \"b\", \"question\": \"Who?\", \"context\": \"\\u200b\"}\n"
                + "{\"id\": \"c\", \"question\": \"Who?\", \"context\": \"\\u00a0Ada\\u00a0\"}\n"
                + "{\"id\": \"d\", \"question\": \"Who? "
                + "and who else ".repeat(300)
                + "\", \"context\": \"Ada\"}\n");
    List<JsonNode> lines = lines(predict(reading, "--input", rows + "").out());
    assertThat(lines).hasSize(4);
    for (JsonNode line : lines) {
      assertThat(line.toString()).doesNotContain("NaN", "Infinity");
      line.findValues("null_score")
          .forEach(score -> assertThat(Math.abs(score.asDouble())).isLessThan(1e6));
    }
    lines
        .get(2)
        .findValues("text")
        .forEach(text -> assertThat(text.asText()).doesNotContain("\u00a0"));
    assertThat(lines.get(3).has("answer")).isTrue();
  }

  @Test
  void nothingIsWrittenBeforeTheInputIsKnownToBeUsable() throws IOException {
    Path output = write("kept.jsonl", "before\n");
    Path empty = write("empty.jsonl", "");
    Path other = write("other.csv", "body\nLovely.\n");
    for (Path input : List.of(empty, other, folder.resolve("missing.jsonl"))) {
      Run run = predict(mood, "--input", input + "", "--output", output + "");
      assertThat(run.code()).as(input + "").isEqualTo(2);
      assertThat(output).hasContent("before");
    }
    Run noPack = predict(folder, "--output", output + "", "--input", other + "");
    assertThat(noPack.code()).isEqualTo(2);
    assertThat(output).hasContent("before");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.startsWith(".kept") || name.endsWith(".part"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--output", "--submission"})
  void aFileThatIsReadIsNeverWritten(String option) throws IOException {
    String text = squad("g1", "Who sings?");
    Path input = write("own.json", text);
    Path link = folder.resolve("link-" + option.substring(2) + ".json");
    Files.createSymbolicLink(link, input);
    Path pack = reading.resolve("pack").resolve("prompt.json");
    String facts = Files.readString(pack, StandardCharsets.UTF_8);
    for (Path output : List.of(input, link, pack)) {
      Run run = predict(reading, "--input", input + "", option, output + "");
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err()).contains("the input itself");
    }
    assertThat(input).hasContent(text);
    assertThat(pack).hasContent(facts);
  }

  @Test
  void aTemplateThatSpellsASpecialTokenIsRefused() throws IOException {
    Path rows = write("two.jsonl", "{\"text\": \"Dull.\", \"more\": \"Lovely.\"}\n");
    Run run = predict(mood, "--input", rows + "", "--text", "{text} [SEP] {more}");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("spells the special token '[SEP]'");
    Run plain = predict(mood, "--input", rows + "", "--text", "{text} {more}");
    assertThat(plain.code()).as(plain.err()).isZero();
  }

  @Test
  void aSubmissionIsWholeOrNotWritten() throws IOException {
    Path file = folder.resolve("predictions.json");
    Path input =
        write("part.json", squad("g1", "Who sings?", "g1", "Where?", "g2", "Who sings here?"));
    Run run = predict(reading, "--input", input + "", "--submission", file + "");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("g1", "nothing is written");
    assertThat(file).doesNotExist();
    Run rest =
        predict(reading, "--input", input + "", "--submission", file + "", "--skip-bad-rows");
    assertThat(rest.code()).as(rest.err()).isZero();
    assertThat(JSON.readTree(file.toFile()).fieldNames()).toIterable().contains("g2");
  }

  /** What predicting asks of the rows comes after it, and the predicting after that. */
  @Test
  void badRowsAreNoSubmissionBeforeAnythingIsPredicted() throws IOException {
    Path file = folder.resolve("unwritten.json");
    String text = squad("g1", "Who sings?", "g1", "Where?", "g2", "Who sings here?");
    Path input = write("bad-and-nameless.json", text.replace("\"id\": \"g2\", ", ""));
    Run run = predict(reading, "--input", input + "", "--submission", file + "");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("1 row of", "could not be used", "nothing is written");
    assertThat(file).doesNotExist();
  }
}
