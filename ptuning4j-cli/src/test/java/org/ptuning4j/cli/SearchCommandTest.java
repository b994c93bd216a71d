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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code ptune search} and {@code ptune train --auto}, as they are typed. */
class SearchCommandTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path folder;
  private static Path train;
  private static Path dev;

  @BeforeAll
  static void write() throws IOException {
    train = TinyData.reviews(folder.resolve("train.jsonl"), 32);
    dev = TinyData.reviews(folder.resolve("dev.jsonl"), 8);
  }

  private static Run search(String out, String... more) {
    List<String> all = new ArrayList<>(List.of("search", "--model", "bert-mini"));
    all.addAll(List.of("--text", "text", "--label", "label", "--train", train.toString()));
    all.addAll(List.of("--out", folder.resolve(out).toString(), "--precision", "fp32"));
    all.addAll(List.of("--batch", "8", "--epochs", "3"));
    all.addAll(List.of(more));
    return Run.of(all.toArray(String[]::new));
  }

  private static JsonNode json(Path file) throws IOException {
    return JSON.readTree(file.toFile());
  }

  @Test
  void theWinnerIsAPackThatAnswersAndItsFileRepeatsIt() throws IOException {
    Run run =
        search(
            "whole",
            "--hold-out",
            "0.25",
            "--dev",
            dev.toString(),
            "--trials",
            "5",
            "--final-seeds",
            "2",
            "--over",
            "prompt-length=2,4",
            "--positions",
            "unshifted",
            "--labels",
            "good,bad"); // not as they are sorted
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("winner", "accuracy on dev", "no other trial is as good");
    assertThat(run.err())
        .contains("trial", "starter: prompt-length 2, lr 0.01", "step from 0: ", "left");
    Path out = folder.resolve("whole");
    JsonNode search = json(out.resolve("search.json"));
    assertThat(search.path("trials")).hasSize(5);
    assertThat(search.path("pareto").path(0).path("ms_per_text").asDouble()).isPositive();
    assertThat(search.path("pareto").toString()).contains("\"dominated\":false");
    assertThat(search.path("unseen").path("dev").path("accuracy").isNumber()).isTrue();
    assertThat(search.path("space").path("prompt-length").asText()).isEqualTo("2,4");
    assertThat(search.path("space").has("positions")).isFalse();
    search
        .path("trials")
        .forEach(
            trial -> {
              assertThat(trial.path("settings").path("prompt-length").asText()).isIn("2", "4");
              assertThat(trial.has("failure")).isFalse();
            });
    assertThat(Files.readAllLines(out.resolve("pareto.csv"))).hasSize(6);
    Run answer =
        Run.of("predict", "--model", "bert-mini", "--pack", out.toString(), "A lovely song.");
    assertThat(answer.code()).as(answer.err()).isZero();
    assertThat(answer.out()).contains("\"label\"");

    Path again = folder.resolve("again");
    Run repeated =
        Run.of("train", "--config", out.resolve("winner.yaml").toString(), "--out", again + "");
    assertThat(repeated.code()).as(repeated.err()).isZero();
    assertThat(json(again.resolve("result.json")).path("best"))
        .isEqualTo(json(out.resolve("result.json")).path("best"));
    assertThat(json(again.resolve("pack/prompt.json")).toString()).contains("[\"good\",\"bad\"]");
    assertThat(again.resolve("pack/prompt.safetensors"))
        .hasSameBinaryContentAs(out.resolve("pack/prompt.safetensors"));

    // The same command again trains nothing, and more trials go on.
    Run more =
        search(
            "whole",
            "--hold-out",
            "0.25",
            "--dev",
            dev.toString(),
            "--trials",
            "6",
            "--final-seeds",
            "2",
            "--over",
            "prompt-length=2,4",
            "--positions",
            "unshifted",
            "--labels",
            "good,bad");
    assertThat(more.code()).as(more.err()).isZero();
    assertThat(json(out.resolve("search.json")).path("trials")).hasSize(6);
  }

  @ParameterizedTest
  @CsvSource({"test.jsonl", "sst2_test.jsonl", "test-labelled.tsv.gz"})
  void noSettingIsChosenByATestSet(String name) throws IOException {
    Path test = Files.copy(dev, folder.resolve(name));
    Run run = search("never", "--dev", test.toString(), "--trials", "1");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains(name, "test set", "--hold-out 0.2");
    assertThat(folder.resolve("never")).doesNotExist();
  }

  @Test
  void aTestSetWithTheContentOfAnotherFileIsRefused() throws IOException {
    Path same = Files.copy(dev, folder.resolve("unseen.jsonl"));
    Run run = search("never", "--dev", dev.toString(), "--test", same.toString(), "--trials", "1");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("unseen.jsonl holds the same as", "dev.jsonl");
  }

  /** A name that only resembles it is none. */
  @Test
  void theTestSetIsReadInTheEndAlone() throws IOException {
    Path test = TinyData.reviews(folder.resolve("latest.jsonl"), 6);
    Run run =
        search(
            "tested",
            "--dev",
            dev.toString(),
            "--test",
            test.toString(),
            "--trials",
            "1",
            "--final-seeds",
            "1",
            "--method",
            "head-only",
            "--json");
    assertThat(run.code()).as(run.err()).isZero();
    JsonNode search = JSON.readTree(run.out());
    assertThat(search.path("unseen").path("test").path("accuracy").isNumber()).isTrue();
    try (var files = Files.walk(folder.resolve("tested"))) {
      for (Path file : files.filter(f -> f.toString().endsWith("run.json")).toList()) {
        assertThat(Files.readString(file)).doesNotContain("latest");
      }
    }
  }

  @Test
  void aDryRunShowsTheSpaceAndWritesNothing() {
    Run run =
        search(
            "planned",
            "--dev",
            dev.toString(),
            "--over",
            "lr=1e-3..5e-2",
            "--over",
            "length=8,20",
            "--over",
            "label-smoothing=0,0.1",
            "--dry-run");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out())
        .containsPattern("lr +0.001\\.\\.0.05")
        .containsPattern("prompt-length +8,20")
        .containsPattern("label-smoothing +0,0.1")
        .contains("First of all:", "Then the best so far, changed:", "  head mean");
    assertThat(folder.resolve("planned")).doesNotExist();
  }

  /** The first trials are each method's defaults, with its own usual rate. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "method=full-fine-tuning | method full-fine-tuning, lr 1.0E-4",
        "method=head-only,full-fine-tuning | method head-only, lr 0.01; method full-fine-tuning, lr"
            + " 1.0E-4",
        "method=p-tuning,p-tuning-v2 | method p-tuning, lr 0.001; method p-tuning-v2, lr 0.01"
      })
  void everyMethodOfSeveralIsTriedFirst(String over, String first) {
    Run run = search("several", "--dev", dev.toString(), "--over", over, "--dry-run");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("First of all:\n  " + first.replace("; ", "\n  "));
    assertThat(run.out()).doesNotContain("lr 0.02");
    boolean encodes = over.contains("p-tuning,");
    assertThat(run.out().contains("encoder ")).isEqualTo(encodes);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "prompt-lenght=8,20|there is no setting 'prompt-lenght'; did you mean 'prompt-length'?",
        "prompt-length=8,many|prompt-length: 'many' is not a whole number",
        "batch=8,16|batch is searched, so leave out --batch",
        "epochs=3,5|epochs is set by the search itself",
        "lr|must be NAME=VALUES",
        "noise=1,2|method p-tuning-v2 has no setting noise"
      })
  void whatCannotBeSearchedIsSaid(String over, String message) {
    Run run = search("never", "--dev", dev.toString(), "--over", over, "--dry-run");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains(message);
  }

  @Test
  void whereEveryTrialFailsTheExitCodeSaysSo() throws IOException {
    Path bad = folder.resolve("bad.jsonl");
    Files.writeString(bad, "{\"text\": \"a\"}\n", StandardCharsets.UTF_8);
    Run run = search("failing", "--dev", bad.toString(), "--trials", "2");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("2 of 2 trials failed", "bad.jsonl");
  }

  @Test
  void trainingWithAutoLeavesARunAndSaysWhatItFound() throws IOException {
    Path out = folder.resolve("auto");
    String[] typed = {
      "train", "--auto", "--auto-minutes", "0.3", "--model", "bert-mini", "--text", "text",
      "--label", "label", "--train", train.toString(), "--dev", dev.toString(), "--epochs", "2",
      "--batch", "8", "--prompt-length", "3", "--precision", "fp32", "--out", out.toString()
    };
    Run run = Run.of(typed);
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("winner", "best epoch", "ptune predict --model bert-mini");
    JsonNode result = json(out.resolve("result.json"));
    assertThat(result.path("settings").path("prompt_length").asInt()).isEqualTo(3);
    for (String file : List.of("run.json", "metrics.jsonl", "pack/prompt.json")) {
      assertThat(out.resolve(file)).isNotEmptyFile();
    }
    JsonNode search = json(out.resolve("search/search.json"));
    assertThat(search.path("space").has("prompt-length")).isFalse();
    assertThat(search.path("seconds").asDouble()).isLessThan(60);
    Run again = Run.of(typed);
    assertThat(again.code()).isEqualTo(2);
    assertThat(again.err()).contains("already holds a run", "--resume");
  }

  @Test
  void timeWithoutAutoIsRefused() {
    Run run =
        Run.of(
            "train",
            "--auto-minutes",
            "3",
            "--model",
            "bert-mini",
            "--text",
            "text",
            "--label",
            "label",
            "--train",
            train + "",
            "--dev",
            dev + "",
            "--out",
            folder.resolve("x") + "");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("add --auto");
  }
}
