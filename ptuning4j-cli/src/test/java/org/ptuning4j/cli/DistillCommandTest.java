package org.ptuning4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * From a document to a prompt that stands for it: the model answers questions with the document
 * before them, a prompt is trained on what it says, and then answers without the document.
 */
class DistillCommandTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String MODEL =
      Path.of("")
          .toAbsolutePath()
          .resolveSibling("ptuning4j-core/src/test/resources/golden/gpt2/model")
          .toString();

  @TempDir Path folder;

  private Path document;
  private Path questions;

  @BeforeEach
  void write() throws IOException {
    document =
        Files.writeString(
            folder.resolve("document.txt"),
            "The quick {brown} fox jumps over the lazy dog.\nIt lives in France.\n");
    StringBuilder lines = new StringBuilder();
    for (String word : List.of("fox", "dog", "France", "lazy", "brown", "the", "pizza", "over")) {
      lines.append("{\"id\": \"").append(word).append("\", \"question\": \"what of the ");
      lines.append(word).append("?\"}\n");
    }
    questions = Files.writeString(folder.resolve("questions.jsonl"), lines);
  }

  private static List<JsonNode> json(List<String> lines) throws IOException {
    List<JsonNode> all = new ArrayList<>();
    for (String line : lines) {
      all.add(JSON.readTree(line));
    }
    return all;
  }

  private Run generate(String... more) {
    return Run.of(
        Stream.concat(
                Stream.of(
                    "generate", "--model", MODEL, "--precision", "fp32", "--max-new-tokens", "6"),
                Stream.of(more))
            .toArray(String[]::new));
  }

  private Run train(Path rows, Path out, String... more) {
    return Run.of(
        Stream.concat(
                Stream.of(
                    "train",
                    "--model",
                    MODEL,
                    "--head",
                    "language-model",
                    "--text",
                    "question",
                    "--label",
                    "text",
                    "--train",
                    rows.toString(),
                    "--dev",
                    rows.toString(),
                    "--distill-from",
                    document.toString(),
                    "--out",
                    out.toString(),
                    "--precision",
                    "fp32",
                    "--skip-bad-rows", // a random model may write nothing that is visible
                    "--batch",
                    "4"),
                Stream.of(more))
            .toArray(String[]::new));
  }

  @Test
  void aPromptStandsForADocument() throws IOException {
    Path rows = folder.resolve("rows.jsonl");
    Run written =
        generate(
            "--context",
            document.toString(),
            "--input",
            questions.toString(),
            "--text",
            "question",
            "--keep",
            "question",
            "--output",
            rows.toString());
    assertThat(written.code()).as(written.err()).isZero();
    List<JsonNode> answers = json(Files.readAllLines(rows));
    assertThat(answers).hasSize(8);
    assertThat(answers.get(0).get("question").asText()).isEqualTo("what of the fox?");
    String whole = Files.readString(document) + "what of the fox?";
    assertThat(json(generate(whole).lines()).get(0).get("text"))
        .isEqualTo(answers.get(0).get("text"));

    Path out = folder.resolve("run");
    Run trained =
        train(
            rows,
            out,
            "--method",
            "p-tuning-v2",
            "--prompt-length",
            "24",
            "--init",
            "text:@" + document,
            "--positions",
            "shifted",
            "--prompt-dropout",
            "0",
            "--dropout",
            "0",
            "--lr",
            "3e-2",
            "--epochs",
            "60");
    assertThat(trained.code()).as(trained.err()).isZero();
    assertThat(trained.out()).containsPattern("(?m)^agreement +0\\.[89]").contains("perplexity");
    JsonNode result = JSON.readTree(out.resolve("result.json").toFile());
    assertThat(result.at("/best/agreement").asDouble()).isGreaterThan(0.8);
    assertThat(result.at("/fingerprints/document/file").asText()).isEqualTo("document.txt");

    // As it is, the model finds few of the tokens that it gives with the document.
    Run alone = train(rows, folder.resolve("alone"), "--method", "head-only", "--epochs", "1");
    assertThat(alone.code()).as(alone.err()).isZero();
    JsonNode without = JSON.readTree(folder.resolve("alone/result.json").toFile());
    assertThat(without.at("/best/agreement").asDouble())
        .isLessThan(result.at("/best/agreement").asDouble() - 0.2);
    Run answered = generate("--pack", out.toString(), "what of the fox?");
    assertThat(answered.code()).as(answered.err()).isZero();
  }

  @Test
  void whatCannotBeUsedIsRefused() throws IOException {
    Path rows =
        Files.writeString(
            folder.resolve("rows.jsonl"), "{\"question\": \"fox?\", \"text\": \"the fox\"}\n");
    Files.writeString(document, "the fox ".repeat(200));
    Run tooLong = train(rows, folder.resolve("long"));
    assertThat(tooLong.code()).isEqualTo(2);
    assertThat(tooLong.err())
        .contains("--distill-from")
        .contains("this model has 160")
        .doesNotContain("Exception");
    Run several = train(rows, folder.resolve("several"), "--also", "sst2=a.tsv,b.tsv");
    assertThat(several.code()).isEqualTo(2);
    assertThat(several.err()).contains("distill-from").contains("--also");

    Run packed = generate("--context", document.toString(), "--pack", "none", "the fox");
    assertThat(packed.code()).isEqualTo(2);
    assertThat(packed.err()).contains("context").contains("--pack");
    Run missing = generate("--context", folder.resolve("no.txt").toString(), "the fox");
    assertThat(missing.code()).isEqualTo(2);
    assertThat(missing.err()).contains("context").contains("cannot be read");
    Run reserved =
        generate("--input", questions.toString(), "--text", "question", "--keep", "text");
    assertThat(reserved.code()).isEqualTo(2);
    assertThat(reserved.err()).contains("keep: 'text'");
  }
}
