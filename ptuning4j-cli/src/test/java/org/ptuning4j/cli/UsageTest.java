package org.ptuning4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is said about mistakes in what was typed: one message, no stack trace, exit code 2. */
class UsageTest {

  @TempDir static Path folder;
  private static Path reviews;

  @BeforeAll
  static void writeData() throws IOException {
    reviews = TinyData.reviews(folder.resolve("reviews.jsonl"), 12);
  }

  private static Run train(String... more) {
    String[] args = {
      "train",
      "--model",
      "bert-mini",
      "--train",
      reviews.toString(),
      "--dev",
      reviews.toString(),
      "--out",
      folder.resolve("never").toString()
    };
    String[] all = java.util.Arrays.copyOf(args, args.length + more.length);
    System.arraycopy(more, 0, all, args.length, more.length);
    return Run.of(all);
  }

  private static Run trainText(String... more) {
    String[] columns = {"--text", "text", "--label", "label"};
    String[] all = java.util.Arrays.copyOf(columns, columns.length + more.length);
    System.arraycopy(more, 0, all, columns.length, more.length);
    return train(all);
  }

  private static void assertBadInput(Run run, String... parts) {
    assertThat(run.code()).as(run.err()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains(parts).doesNotContain("\tat ");
    assertThat(folder.resolve("never")).doesNotExist();
  }

  /** Of every command that is listed, those about the command line itself apart. */
  static Stream<String> commands() {
    Pattern command = Pattern.compile("  ([a-z][a-z-]*) .*");
    return Run.of("--help")
        .out()
        .lines()
        .dropWhile(line -> !line.startsWith("Commands,"))
        .takeWhile(line -> !line.startsWith("Examples:"))
        .map(command::matcher)
        .filter(Matcher::matches)
        .map(matcher -> matcher.group(1))
        .filter(name -> !name.equals("help") && !name.equals("generate-completion"));
  }

  @Test
  void everyCommandIsListed() {
    assertThat(commands())
        .contains("demo", "train", "eval", "predict", "check-data", "inspect", "doctor", "compare");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void helpOfEveryCommandHasExamples(String command) {
    Run run = Run.of(command, "--help");
    assertThat(run.code()).isZero();
    assertThat(run.out()).startsWith("Usage: ptune " + command);
    assertThat(run.out().lines().dropWhile(line -> !line.equals("Examples:")))
        .as("examples in\n" + run.out())
        .anyMatch(line -> line.strip().startsWith("ptune " + command));
    assertThat(run.err()).isEmpty();
  }

  @Test
  void versionAndCompletionGoToStandardOutput() {
    assertThat(Run.of("--version").out()).startsWith("ptune ").contains("libtorch", "Java");
    Run completion = Run.of("generate-completion");
    assertThat(completion.code()).isZero();
    assertThat(completion.out()).contains("p-tuning-v2", "check-data");
  }

  @Test
  void mistypedCommandsAndOptionsAreGuessed() {
    assertBadInput(Run.of("trian"), "trian", "did you mean train?");
    assertBadInput(trainText("--epoch", "3"), "--epoch", "did you mean --epochs");
    assertBadInput(Run.of(), "ptune demo");
    assertBadInput(Run.of("train"), "--model", "--out");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--method p-tunin-v2 | did you mean 'p-tuning-v2'",
        "--epochs many | --epochs: 'many' is not a whole number",
        "--epochs 0 | epochs: 0",
        "--lr -1 | lr: -1",
        "--batch 0 | batch: 0",
        "--batch 4 --tokens 100 | --batch: set batch or tokens, not both",
        "--prompt-length -1 | --prompt-length: -1 must be 0 or more",
        "--layers middle | top:K",
        "--schedule zigzag | linear",
        "--head neck | first-token",
        "--precision fp8 | bf16",
        "--positions odd | unshifted",
        "--init odd | unit-normal",
        "--dropout 1.5 | dropout",
        "--method head-only --prompt-length 4 | has no use for --prompt-length",
        "--preset paper | rte on bert-large and roberta-large",
        "--preset best | paper",
        "--task rte | leave out --text",
      })
  void settingsAreCheckedBeforeAnythingIsMade(String options, String message) {
    assertBadInput(trainText(options.split(" ", -1)), message);
  }

  @Test
  void theTaskMustBeSaid() {
    assertBadInput(train(), "--task NAME");
    assertBadInput(train("--text", "text"), "--label");
    assertBadInput(train("--task", "rta"), "rte");
  }

  @Test
  void missingFilesAndModelsAreNamed() {
    assertBadInput(
        Run.of("check-data", folder.resolve("review.jsonl").toString()), "reviews.jsonl");
    assertBadInput(Run.of("inspect", "bert-maxi"), "bert-maxi", "bert-mini");
    assertBadInput(
        Run.of("eval", "--model", "bert-mini", "--pack", folder.toString(), "--data", "x"),
        "prompt.json");
    assertBadInput(Run.of("inspect", folder.toString()), "config.json", "prompt.json");
  }

  @Test
  void predictWantsExactlyOneInput() {
    Run neither = Run.of("predict", "--model", "bert-mini", "--pack", "p");
    assertBadInput(neither, "--input");
    Run both = Run.of("predict", "--model", "bert-mini", "--pack", "p", "--input", "-", "text");
    assertBadInput(both, "not both");
    for (String nothing : List.of("", " ", "\u200b", "\u00a0")) {
      assertBadInput(
          Run.of("predict", "--model", "bert-mini", "--pack", "p", nothing), "nothing visible");
    }
  }

  @Test
  void debugShowsTheTrace() {
    Run run = Run.of("inspect", "bert-maxi", "--debug");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("InvalidInputException", "\tat ");
  }

  @Test
  void checkDataShowsEveryBadRowAndEndsWithTwo() throws IOException {
    Path file = folder.resolve("bad.jsonl");
    Files.writeString(
        file,
        "{\"text\": \"fine\", \"label\": \"a\"}\n{\"text\": \n{\"text\": \"\", \"label\": \"b\"}\n",
        StandardCharsets.UTF_8);
    Run run = Run.of("check-data", file.toString(), "--text", "text", "--label", "label");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).contains("3 rows, 2 of them bad", "line 2: not valid JSON", "line 3:");
    Run json =
        Run.of("check-data", file.toString(), "--text", "text", "--label", "label", "--json");
    assertThat(json.out()).contains("\"badRows\"", "\"line\" : 3");
  }

  @Test
  void checkDataCountsTokensAndOverlap() {
    Run run =
        Run.of(
            "check-data",
            reviews.toString(),
            "--dev",
            reviews.toString(),
            "--text",
            "text",
            "--label",
            "label",
            "--model",
            "bert-mini",
            "--max-length",
            "5");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out())
        .contains("tokens", "12 rows will be cut", "all rows (12) of", "figures say how well");
  }
}
