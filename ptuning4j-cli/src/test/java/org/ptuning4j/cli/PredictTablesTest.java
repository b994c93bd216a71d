package org.ptuning4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The same rows have the same answers, in whatever table they stand. */
class PredictTablesTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path folder;

  @BeforeAll
  static void train() throws IOException {
    Path reviews = TinyData.reviews(folder.resolve("reviews.jsonl"), 8);
    Run run =
        Run.of(
            ("train --model bert-mini --method head-only --epochs 1 --batch 4 --precision fp32"
                    + " --text text --label label --train R --dev R --out O")
                .replace("R", reviews.toString())
                .replace("O", folder.resolve("mood").toString())
                .split(" "));
    assertThat(run.code()).as(run.err()).isZero();
  }

  private static List<JsonNode> answers(String file, String text) throws IOException {
    Path input = Files.writeString(folder.resolve(file), text, StandardCharsets.UTF_8);
    Run run =
        Run.of(
            "predict",
            "--model",
            "bert-mini",
            "--precision",
            "fp32",
            "--pack",
            folder.resolve("mood").toString(),
            "--input",
            input.toString());
    assertThat(run.code()).as(run.err()).isZero();
    return run.out().lines().map(PredictTablesTest::answer).toList();
  }

  /** Without the place in the file. */
  private static JsonNode answer(String line) {
    try {
      JsonNode answer = JSON.readTree(line);
      return answer.path("probabilities").isMissingNode() ? answer : answer.path("probabilities");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Of a table with a single column its name, and quotation marks, tell what it is. */
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "one.csv|`text\n\"good, really\nvery\"\nbad\n`",
        "quoted.csv|`\"text\"\n\"good, really\nvery\"\nbad\n`",
        "marked.csv|`\uFEFFtext\n\"good, really\nvery\"\nbad\n`",
        "unnamed|`text\n\"good, really\nvery\"\nbad\n`",
        "two.csv|`id,text\n1,\"good, really\nvery\"\n2,bad\n`",
      })
  void aTableOfOneColumnIsReadAsOthers(String file, String text) throws IOException {
    List<JsonNode> same =
        answers("same.jsonl", "{\"text\": \"good, really\\nvery\"}\n{\"text\": \"bad\"}\n");
    assertThat(answers(file, text)).isEqualTo(same);
  }

  /** In TSV they are signs like others, with one column as with two. */
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "plain.tsv|`text\n\"good\", really\nbad\n`|\\\"good\\\", really",
        "pair.tsv|`id\ttext\n1\t\"good\", really\n2\tbad\n`|\\\"good\\\", really",
        "typed|`text\nnot a \"quotation\"\nbad\n`|not a \\\"quotation\\\"",
      })
  void quotationMarksAreTextInTsv(String file, String text, String first) throws IOException {
    List<JsonNode> same =
        answers("same.jsonl", "{\"text\": \"" + first + "\"}\n{\"text\": \"bad\"}\n");
    assertThat(answers(file, text)).isEqualTo(same);
  }

  /** What stands in a list within a row is not a row. */
  @Test
  void everyRowHasAnAnswerWhateverElseIsInIt() throws IOException {
    String rows =
        """
        {"id":1,"text":"main one","items":[{"sku":1,"text":"x"}]}
        {"id":2,"text":"main two","items":[]}
        {"id":4,"text":"main four"}
        """;
    List<JsonNode> same =
        answers(
            "same.jsonl",
            "{\"text\": \"main one\"}\n{\"text\": \"main two\"}\n{\"text\": \"main four\"}\n");
    assertThat(answers("items.jsonl", rows)).isEqualTo(same);
  }
}
