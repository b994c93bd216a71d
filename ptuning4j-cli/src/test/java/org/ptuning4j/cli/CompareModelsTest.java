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

/** {@code ptune compare} with several models, as it is typed. */
class CompareModelsTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path GOLDEN =
      Path.of("..", "ptuning4j-core", "src", "test", "resources", "golden");

  @TempDir static Path folder;
  private static String gpt2;
  private static String bert;
  private static String both;

  @BeforeAll
  static void write() throws IOException {
    gpt2 = model("gpt2").toString();
    bert = model("bert").toString();
    both = gpt2 + "," + bert;
    Files.writeString(
        folder.resolve("mood.yaml"),
        "text: \"{text}\"\nlabel_column: label\nlabels: [bad, good]\n",
        StandardCharsets.UTF_8);
    Files.copy(folder.resolve("mood.yaml"), folder.resolve("tone.yaml"));
    TinyData.reviews(folder.resolve("train.jsonl"), 8);
    TinyData.reviews(folder.resolve("dev.jsonl"), 6);
  }

  /** A model of core's tests in a folder that has the model's name. */
  private static Path model(String name) throws IOException {
    Path copy = Files.createDirectories(folder.resolve("models").resolve(name));
    try (Stream<Path> files = Files.list(GOLDEN.resolve(name).resolve("model"))) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    return copy;
  }

  private static Run compare(String models, String out, String... more) {
    List<String> all = new ArrayList<>(List.of("compare", "--model", models));
    for (String task : List.of("mood", "tone")) {
      String files = folder.resolve("train.jsonl") + "," + folder.resolve("dev.jsonl");
      all.addAll(List.of("--task", folder.resolve(task + ".yaml") + "=" + files));
    }
    all.addAll(List.of("--out", folder.resolve(out).toString(), "--seeds", "1"));
    all.addAll(List.of("--epochs", "1", "--batch", "4", "--precision", "fp32"));
    all.addAll(List.of(more));
    return Run.of(all.toArray(String[]::new));
  }

  private static List<String> cells(String study) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve(study).resolve("cells"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void aRowIsAModelAndAMethod() throws IOException {
    Run first = compare(both, "study", "--methods", "p-tuning-v2,full-fine-tuning");
    assertThat(first.code()).as(first.err()).isZero();
    assertThat(first.out())
        .contains("p-tuning-v2 (model=gpt2)", "full-fine-tuning (model=bert): backbone trained");
    assertThat(first.err())
        .contains("[1/8] gpt2, mood, p-tuning-v2, seed 11")
        .contains("[8/8] bert, tone, full-fine-tuning, seed 11");
    assertThat(cells("study")).hasSize(9).contains(".lock"); // one folder for both models
    Path report = folder.resolve("study").resolve("report");
    assertThat(report.resolve("table.md")).content().contains("| p-tuning-v2 (model=bert) |");
    assertThat(Files.readAllLines(report.resolve("table.csv"), StandardCharsets.UTF_8))
        .hasSize(9)
        .anySatisfy(line -> assertThat(line).startsWith("row,model,method,task,"))
        .anySatisfy(
            line ->
                assertThat(line)
                    .startsWith("full-fine-tuning (model=gpt2),gpt2,full-fine-tuning,tone,"));
    JsonNode rows = JSON.readTree(report.resolve("table.json").toFile()).path("rows");
    assertThat(rows)
        .extracting(row -> row.path("model").asText() + " " + row.path("method").asText())
        .containsExactly(
            "gpt2 p-tuning-v2",
            "gpt2 full-fine-tuning",
            "bert p-tuning-v2",
            "bert full-fine-tuning");
    assertThat(rows)
        .as("parameters are the model's own")
        .extracting(row -> row.path("cells").path(0).path("total_parameters").asLong())
        .doesNotHaveDuplicates();
    assertThat(report.resolve("curves.html"))
        .content()
        .contains("ptune compare: gpt2, bert", "p-tuning-v2 (model=gpt2)", "Learning curves: tone");

    Run second = compare(both, "study", "--methods", "p-tuning-v2,full-fine-tuning");
    assertThat(second.code()).isZero();
    assertThat(second.err()).contains("[8/8]", "(finished before)").doesNotContain("epoch 1");
    assertThat(second.out()).isEqualTo(first.out());
  }

  /** A cell is known by the model's files: a study of one grows, whatever the folder is called. */
  @Test
  void aModelIsAddedToAStudy() throws IOException {
    Run one = compare(gpt2, "growing", "--methods", "head-only");
    assertThat(one.code()).as(one.err()).isZero();
    assertThat(one.out()).contains("head-only").doesNotContain("model=", "gpt2");
    List<String> before = cells("growing");
    Run planned = compare(both, "growing", "--methods", "head-only", "--dry-run");
    assertThat(planned.code()).as(planned.err()).isZero();
    assertThat(planned.out())
        .containsPattern("gpt2 +mood +head-only +11 +finished")
        .containsPattern("bert +tone +head-only +11 +to do")
        .contains("4 cells, 2 finished");
    assertThat(cells("growing")).isEqualTo(before);
    Run two = compare(bert, "growing", "--model", gpt2, "--methods", "head-only");
    assertThat(two.code()).as(two.err()).isZero();
    assertThat(two.err())
        .contains("[1/4] bert, mood, head-only, seed 11\n")
        .containsPattern("\\[4/4\\] gpt2, tone, head-only, seed 11: .* \\(finished before\\)");
    assertThat(cells("growing")).containsAll(before).hasSize(before.size() + 2);
  }

  @Test
  void aModelThatCannotDoItFailsAlone() {
    Run run = compare(both, "failing", "--methods", "head-only", "--head", "pooler");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out())
        .contains("failed: head-only (model=gpt2) on tone, seed 11: head: pooler", "no pooler")
        .contains("head-only (model=gpt2): no run was finished")
        .contains("head-only (model=bert): backbone frozen");
    assertThat(run.err()).contains("2 of 4 cells failed").doesNotContain("\tat ");
  }

  @Test
  void modelsMayComeFromAFile() throws IOException {
    Path file = folder.resolve("study.yaml");
    Files.writeString(
        file,
        "model: [" + gpt2 + ", " + bert + "]\nmethods: [head-only, mpt-2]\n",
        StandardCharsets.UTF_8);
    List<String> tasks = new ArrayList<>(List.of("compare", "--config", file.toString()));
    String files = "=" + folder.resolve("train.jsonl") + "," + folder.resolve("dev.jsonl");
    tasks.addAll(List.of("--task", folder.resolve("mood.yaml") + files));
    tasks.addAll(List.of("--task", folder.resolve("tone.yaml") + files));
    tasks.addAll(List.of("--out", folder.resolve("planned").toString(), "--dry-run"));
    Run run = Run.of(tasks.toArray(String[]::new));
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).containsPattern("bert +tone +mpt-2 +13").contains("24 cells, 0 finished");
    assertThat(folder.resolve("planned")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GPT2,GPT2 | gpt2' is there twice",
        "GPT2,GPT2/ | gpt2' is there twice",
        "GPT2,FOLDER/nowhere | nowhere",
        "GPT2, | empty item",
        "GOLDEN/gpt2/model,GOLDEN/bert/model | both called 'model'",
        "GPT2,BERT --published bert-large | published: 'bert-large'",
        "GPT2,BERT --preset paper --methods p-tuning-v2 | gpt2 model of 3 layers",
      })
  void mistakesAreToldBeforeAnythingRuns(String options, String message) {
    String typed =
        options
            .replace("GPT2", gpt2)
            .replace("BERT", bert)
            .replace("FOLDER", folder.toString())
            .replace("GOLDEN", GOLDEN.toString());
    String[] words = typed.split(" ", -1);
    String[] more = List.of(words).subList(1, words.length).toArray(String[]::new);
    Run run = compare(words[0], "never", more);
    assertThat(run.code()).as(run.err()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains(message).doesNotContain("\tat ");
    assertThat(folder.resolve("never")).doesNotExist();
  }

  /** An ablation varies one model's prompt. */
  @Test
  void anAblationIsOfOneModel() {
    Run run = Run.of("ablate", "--over", "depth", "--model", both, "--out", "never");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("model: ", both);
  }
}
