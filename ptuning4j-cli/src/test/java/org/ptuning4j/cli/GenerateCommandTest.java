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
import org.junit.jupiter.params.provider.CsvSource;

/** What generate writes, with a tiny GPT-2 as it is and with a pack that was trained to write. */
class GenerateCommandTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** A random GPT-2 among the core's test resources. */
  private static final String MODEL =
      Path.of("")
          .toAbsolutePath()
          .resolveSibling("ptuning4j-core/src/test/resources/golden/gpt2/model")
          .toString();

  @TempDir static Path folder;

  private static Path rows;
  private static Path run;

  @BeforeAll
  static void train() throws IOException {
    rows =
        write(
            "rows.jsonl",
            """
            {"id": "a", "source": "fox", "target": "the fox"}
            {"id": "b", "source": "dog", "target": ["the dog", "a dog"]}
            """);
    run = folder.resolve("run");
    Run trained =
        Run.of(
            "train",
            "--model",
            MODEL,
            "--head",
            "language-model",
            "--train",
            rows + "",
            "--dev",
            rows + "",
            "--method",
            "full-fine-tuning",
            "--lr",
            "3e-3",
            "--epochs",
            "40",
            "--dropout",
            "0",
            "--precision",
            "fp32",
            "--out",
            run + "");
    assertThat(trained.code()).as(trained.err()).isZero();
    assertThat(trained.out())
        .contains("token_accuracy", "perplexity", "ptune generate --model")
        .doesNotContain("–");
  }

  private static Path write(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content, StandardCharsets.UTF_8);
  }

  private static Run generate(String... more) {
    return Run.of(arguments(more));
  }

  private static String[] arguments(String... more) {
    return Stream.concat(
            Stream.of("generate", "--model", MODEL, "--precision", "fp32", "--max-new-tokens", "8"),
            Stream.of(more))
        .toArray(String[]::new);
  }

  private static List<JsonNode> json(Run run) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : run.lines()) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }

  @Test
  void aPackWritesWhatItHasLearnt() throws IOException {
    Run written = generate("--pack", run + "", "--input", rows + "");

    assertThat(written.code()).as(written.err()).isZero();
    List<JsonNode> lines = json(written);
    assertThat(lines).hasSize(2);
    assertThat(lines.get(0).get("id").asText()).isEqualTo("a");
    assertThat(lines.get(0).get("text").asText().strip()).isEqualTo("the fox");
    assertThat(lines.get(1).get("text").asText().strip()).isEqualTo("the dog");
    assertThat(lines.get(1).get("ending").asText()).isEqualTo("end-token");
  }

  @Test
  void evalScoresWhatItWrites() throws IOException {
    Run scored =
        Run.of(
            "eval",
            "--model",
            MODEL,
            "--pack",
            run + "",
            "--data",
            rows + "",
            "--json",
            "--precision",
            "fp32");

    assertThat(scored.code()).as(scored.err()).isZero();
    JsonNode metrics = JSON.readTree(scored.out()).path("metrics");
    assertThat(metrics.get("exact_match").asDouble()).isEqualTo(1);
    assertThat(metrics.get("rouge_l").asDouble()).isEqualTo(1);
  }

  @Test
  void theModelAsItIsIsEvaluatedWithoutAPack() throws IOException {
    Path texts =
        write("texts.jsonl", "{\"text\": \"the quick fox\"}\n{\"text\": \"a lazy dog\"}\n");
    Run words =
        Run.of(
            "eval",
            "--model",
            MODEL,
            "--task",
            "lambada",
            "--data",
            texts + "",
            "--json",
            "--precision",
            "fp32");
    Run nothing = Run.of("eval", "--model", MODEL, "--data", texts + "");
    Run untrained = Run.of("eval", "--model", MODEL, "--task", "sst2", "--data", texts + "");

    assertThat(words.code()).as(words.err()).isZero();
    assertThat(JSON.readTree(words.out()).at("/metrics/perplexity").asDouble()).isGreaterThan(1);
    assertThat(nothing.code()).isEqualTo(2);
    assertThat(nothing.err()).contains("--pack DIR").contains("--task NAME");
    assertThat(untrained.code()).isEqualTo(2);
    assertThat(untrained.err()).contains("sst2").contains("give a pack");
  }

  @Test
  void aPackAnswersPredictToo() throws IOException {
    Run predicted =
        Run.of("predict", "--model", MODEL, "--precision", "fp32", "--pack", run + "", "fox");

    assertThat(predicted.code()).as(predicted.err()).isZero();
    assertThat(json(predicted).get(0).get("text").asText().strip()).isEqualTo("the fox");
  }

  @Test
  void theModelAsItIsGoesOnWithTextsAndLines() throws IOException {
    Run text = generate("the quick fox");
    Run lines = Run.withInput("the quick fox\n\npizza\n", arguments("--input", "-"));

    assertThat(text.code()).as(text.err()).isZero();
    assertThat(lines.code()).as(lines.err()).isZero();
    assertThat(json(lines)).hasSize(2);
    assertThat(json(lines).get(0).get("text")).isEqualTo(json(text).get(0).get("text"));
    assertThat(json(lines).get(1).get("line").asInt()).isEqualTo(3);
  }

  @Test
  void onATerminalTheTextItselfIsShown() throws IOException {
    String said = json(generate("the quick fox")).get(0).get("text").asText();

    assertThat(Run.onATerminal(arguments("the quick fox")).out()).isEqualTo(said + "\n");
    assertThat(Run.onATerminal(arguments("--beams", "2", "the quick fox")).out())
        .isEqualTo(
            json(generate("--beams", "2", "the quick fox")).get(0).get("text").asText() + "\n");
    assertThat(Run.onATerminal(arguments("--json", "the quick fox")).out()).startsWith("{");
  }

  @Test
  void seedsSequencesAndStopsCount() throws IOException {
    String[] drawn = {"--temperature", "1.2", "--top-k", "50", "--sequences", "3", "the fox"};
    JsonNode first = json(generate(drawn)).get(0);

    assertThat(json(generate(drawn)).get(0)).isEqualTo(first);
    assertThat(first.get("others")).hasSize(2);
    assertThat(first.get("others").get(0)).isNotEqualTo(first.get("others").get(1));
    String whole = json(generate("the fox")).get(0).get("text").asText();
    String stop = whole.substring(whole.length() / 2, whole.length() / 2 + 1);
    JsonNode stopped = json(generate("--stop", stop, "the fox")).get(0);
    assertThat(stopped.get("text").asText()).isEqualTo(whole.substring(0, whole.indexOf(stop)));
    assertThat(stopped.get("ending").asText()).isEqualTo("stop-string");
  }

  @Test
  void aBadRowHasItsLineAndTheOthersAreContinued() throws IOException {
    Path mixed =
        write(
            "mixed.jsonl",
            "{\"text\": \"the fox\"}\n{\"text\": \"\"}\n{\"text\": \""
                + "the quick brown fox ".repeat(200)
                + "\"}\n{\"text\": \"pizza\"}\n");

    Run written = generate("--input", mixed + "");

    assertThat(written.code()).isEqualTo(2);
    List<JsonNode> lines = json(written);
    assertThat(lines).hasSize(4);
    assertThat(lines.get(0).has("text")).isTrue();
    assertThat(lines.get(1).get("error").asText()).contains("empty");
    assertThat(lines.get(2).get("error").asText()).contains("160");
    assertThat(lines.get(3).has("text")).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--temperature -1 text | temperature: -1.0",
        "--beams 3 --temperature 1 text | --beams: 3 with temperature",
        "--top-p 0 --temperature 1 text | top-p: 0.0",
        "--sequences 2 text | sequences: 2 of a greedy search",
        "--max-new-tokens=0 text | max-new-tokens",
        "--input no.txt text | give a text or --input FILE, not both",
      })
  void whatIsWrongIsSaidWithExitCode2(String arguments, String message) {
    List<String> all = new ArrayList<>(List.of("generate", "--model", MODEL));
    all.addAll(List.of(arguments.split(" ")));

    Run refused = Run.of(all.toArray(String[]::new));

    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.out()).isEmpty();
    assertThat(refused.err()).contains(message.replaceAll("^--", ""));
  }

  @Test
  void modelsAndPacksThatDoNotWriteAreRefused() throws IOException {
    Run encoder = Run.of("generate", "--model", "bert-mini", "the fox");
    assertThat(encoder.code()).isEqualTo(2);
    assertThat(encoder.err()).contains("decoder");
    Run asked =
        Run.of(
            "train",
            "--model",
            MODEL,
            "--head",
            "language-model",
            "--task",
            "sst2",
            "--train",
            rows + "",
            "--dev",
            rows + "",
            "--out",
            folder.resolve("never") + "");
    assertThat(asked.code()).isEqualTo(2);
    assertThat(asked.err()).contains("sst2").contains("language-model");
  }
}
