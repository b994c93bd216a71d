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
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.cli.options.TaskFile;
import org.ptuning4j.task.standard.TaskTemplates;

/** Studies and task descriptions, as they are typed. */
class StudyCommandsTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TASK = "text: \"{text}\"\nlabel_column: label\nlabels: [bad, good]\n";

  @TempDir static Path folder;
  private static Path data;
  private static String both;

  @BeforeAll
  static void write() throws IOException {
    data = Files.createDirectory(folder.resolve("data"));
    List<String> files = new ArrayList<>();
    for (String task : List.of("mood", "tone")) {
      Path yaml = folder.resolve(task + ".yaml");
      Files.writeString(yaml, TASK, StandardCharsets.UTF_8);
      files.add(yaml.toString());
    }
    both = String.join(",", files);
    Path mood = Files.createDirectory(data.resolve("MOOD"));
    TinyData.reviews(mood.resolve("train.jsonl"), 12);
    TinyData.reviews(mood.resolve("val.jsonl"), 6);
    Path tone = Files.createDirectory(data.resolve("To-Ne"));
    TinyData.reviews(tone.resolve("train.jsonl"), 8);
    TinyData.reviews(tone.resolve("dev32.jsonl"), 6);
  }

  private static Run compare(String out, String... more) {
    List<String> all = new ArrayList<>(List.of("compare", "--model", "bert-mini"));
    all.addAll(List.of("--data", data.toString(), "--out", folder.resolve(out).toString()));
    all.addAll(List.of("--epochs", "1", "--batch", "4", "--precision", "fp32"));
    all.addAll(List.of(more));
    return Run.of(all.toArray(String[]::new));
  }

  private static Run ablate(String out, String... more) {
    List<String> all = new ArrayList<>(List.of("ablate", "--model", "bert-mini"));
    all.addAll(List.of("--data", data.toString(), "--out", folder.resolve(out).toString()));
    all.addAll(List.of("--task", folder.resolve("mood.yaml").toString()));
    all.addAll(List.of("--epochs", "1", "--batch", "4", "--precision", "fp32", "--seeds", "1"));
    all.addAll(List.of(more));
    return Run.of(all.toArray(String[]::new));
  }

  @Test
  void methodsStandBesideEachOtherAndRunOnce() throws IOException {
    String[] study = {
      "--task",
      both,
      "--methods",
      "head-only,p-tuning-v2",
      "--seeds",
      "1",
      "--prompt-length",
      "4",
      "--with",
      "p-tuning-v2: --lr 5e-3"
    };
    Run first = compare("study", study);
    assertThat(first.code()).as(first.err()).isZero();
    assertThat(first.out())
        .contains("mood accuracy", "tone accuracy", "head-only", "p-tuning-v2: backbone frozen");
    assertThat(first.err())
        .contains("[1/4] mood, head-only, seed 11", "[4/4] accuracy", " left")
        .contains("epoch 1");
    Path report = folder.resolve("study").resolve("report");
    for (String file : List.of("table.txt", "table.md", "table.csv", "table.json", "curves.html")) {
      assertThat(report.resolve(file)).isNotEmptyFile();
    }
    JsonNode table = JSON.readTree(report.resolve("table.json").toFile());
    assertThat(table.path("tasks")).hasSize(2);
    assertThat(table.path("rows").path(1).path("cells").path(0).path("frozen_backbone").asBoolean())
        .isTrue();
    List<JsonNode> results = results(folder.resolve("study"));
    assertThat(results).hasSize(4);
    assertThat(results)
        .filteredOn(result -> result.path("method").asText().equals("p-tuning-v2"))
        .allSatisfy(
            result -> {
              assertThat(result.path("settings").path("lr").asDouble()).isEqualTo(5e-3);
              assertThat(result.path("settings").path("prompt_length").asInt()).isEqualTo(4);
            });
    assertThat(results)
        .filteredOn(result -> result.path("method").asText().equals("head-only"))
        .allSatisfy(r -> assertThat(r.path("settings").path("lr").asDouble()).isEqualTo(1e-2));

    Run second = compare("study", study);
    assertThat(second.code()).isZero();
    assertThat(second.err()).contains("[4/4]", "(finished before)").doesNotContain("epoch 1");
    assertThat(second.out()).isEqualTo(first.out());
  }

  private static List<JsonNode> results(Path study) throws IOException {
    List<JsonNode> results = new ArrayList<>();
    try (var files = Files.walk(study.resolve("runs"))) {
      for (Path file : files.filter(f -> f.endsWith("result.json")).toList()) {
        results.add(JSON.readTree(file.toFile()));
      }
    }
    return results;
  }

  @Test
  void oneRowThatCannotBeUsedFailsItsTaskAlone() throws IOException {
    Path bad = folder.resolve("bad.jsonl");
    Files.writeString(bad, "{\"text\": \"a\", \"label\": \"odd\"}\n", StandardCharsets.UTF_8);
    Run run =
        compare(
            "failing",
            "--task",
            folder.resolve("mood.yaml") + "=" + bad + "," + bad,
            "--task",
            folder.resolve("tone.yaml").toString(),
            "--methods",
            "head-only",
            "--seeds",
            "1",
            "--format",
            "markdown");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).contains("| head-only", "failed", "bad.jsonl");
    assertThat(run.err()).contains("1 of 2 cells failed").doesNotContain("\tat ");
  }

  @Test
  void dryRunShowsThePlanAndWritesNothing() {
    Run run = compare("planned", "--task", both, "--methods", "head-only,mpt-2", "--dry-run");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("mpt-2", "13", "12 cells, 0 finished");
    assertThat(folder.resolve("planned")).doesNotExist();
  }

  @Test
  void lengthsAreVaried() throws IOException {
    Run run = ablate("lengths", "--over", "length", "--values", "2,5");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("length=2", "length=5", "virtual tokens", "2: ", "5: ");
    Path report = folder.resolve("lengths").resolve("report");
    assertThat(report.resolve("length.csv")).isNotEmptyFile();
    assertThat(report.resolve("length.html")).content().contains("Prompt length");
    assertThat(results(folder.resolve("lengths")))
        .extracting(result -> result.path("settings").path("prompt_length").asInt())
        .containsExactlyInAnyOrder(2, 5);
  }

  /** GPT-2 calls the number of its layers otherwise, and Gemma has it in an object of its own. */
  @Test
  void familiesWithOtherNamesOfFieldsAreStudiedToo() throws IOException {
    Path gpt2 =
        Path.of("..", "ptuning4j-core", "src", "test", "resources", "golden", "gpt2", "model");
    List<String> options = new ArrayList<>(List.of("--model", gpt2.toString()));
    options.addAll(List.of("--data", data.toString()));
    options.addAll(List.of("--task", folder.resolve("mood.yaml").toString()));
    options.addAll(List.of("--epochs", "1", "--batch", "4", "--precision", "fp32", "--seeds", "1"));
    List<String> compare = new ArrayList<>(List.of("compare"));
    compare.addAll(options);
    compare.addAll(List.of("--methods", "head-only", "--out", folder.resolve("gpt2").toString()));
    Run compared = Run.of(compare.toArray(String[]::new));
    assertThat(compared.code()).as(compared.err()).isZero();
    assertThat(compared.out()).contains("head-only");
    List<String> ablate = new ArrayList<>(List.of("ablate", "--over", "depth", "--dry-run"));
    ablate.addAll(options);
    ablate.addAll(List.of("--out", folder.resolve("gpt2-depths").toString()));
    Run planned = Run.of(ablate.toArray(String[]::new));
    assertThat(planned.code()).as(planned.err()).isZero();
    assertThat(planned.out()).contains("depth top:1", "depth all", "5 cells");
  }

  @Test
  void depthsAreThoseOfTheModel() {
    Run run = ablate("depths", "--over", "depth", "--dry-run");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out())
        .contains("depth top:1", "depth bottom:1", "depth bottom:3", "depth all", "7 cells");
  }

  @Test
  void optionsMayComeFromAFile() throws IOException {
    Path file = folder.resolve("study.yaml");
    Files.writeString(
        file,
        "methods: [head-only, p-tuning-v2]\nseeds: 1\ntask: "
            + folder.resolve("mood.yaml")
            + "\nwith: ['p-tuning-v2: --lr 1e-3']\n",
        StandardCharsets.UTF_8);
    Run run = compare("from-file", "--config", file.toString(), "--seeds", "2", "--dry-run");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("4 cells, 0 finished");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--task mood.yaml --methods head-onli | did you mean 'head-only'",
        "--task mood.yaml --methods head-only,head-only | only once",
        "--task mood.yaml --methods mpt-2 | several tasks",
        "--task mood.yaml --seeds 0 | seeds: 0",
        "--task mood.yaml --format xml | markdown",
        "--task mood.yaml --published bert-huge | roberta-large",
        "--task mood.yaml --method p-tuning | --methods",
        "--task mood.yaml --with=p-tuning | METHOD",
        "--task mood.yaml --with=p-tuning-v2:--lrr=1 | --lrr",
        "--task mood.yaml --with=head-only:--prompt-length=4 | no use for --prompt-length",
        "--task mood.yaml --with=head-only:--seed=4 | set by the study",
        "--task mood.yaml,mood.yaml | twice",
        "--task mood.yaml=x | TRAIN,DEV",
        "--task mood.yaml=x,y | does not exist",
        "--task cb | no folder for task 'cb'",
        "--epochs 2 | --task NAME",
      })
  void mistakesAreToldBeforeAnythingRuns(String options, String message) {
    String args = options.replace("mood.yaml", folder.resolve("mood.yaml").toString());
    List<String> all = new ArrayList<>(List.of("compare", "--model", "bert-mini"));
    all.addAll(List.of("--data", data.toString()));
    all.addAll(List.of("--out", folder.resolve("never").toString()));
    all.addAll(List.of(args.split(" ", -1)));
    Run run = Run.of(all.toArray(String[]::new));
    assertThat(run.code()).as(run.err()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains(message).doesNotContain("\tat ");
    assertThat(folder.resolve("never")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--over width | depth, length, head",
        "--over seed --values 1,2 | depth, length, head",
        "--over label-smoothing | say which values",
        "--over lr --values 1e-2 --lr 1e-3 | leave out --lr",
        "--over packing --values maybe | true or false",
        "--over length --prompt-length 4 | leave out --prompt-length",
        "--over depth --values 9 | from 1 to 4",
        "--over length --values some | whole number",
        "--over depth --method p-tuning | no depth",
        "--over head --values neck | verbalizer",
        "--over head --values verbalizer | comes with no template",
      })
  void ablationsAreCheckedBeforeAnythingRuns(String options, String message) {
    Run run = ablate("never", options.split(" ", -1));
    assertThat(run.code()).as(run.err()).isEqualTo(2);
    assertThat(run.err()).contains(message).doesNotContain("\tat ");
    assertThat(folder.resolve("never")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"compare", "ablate", "init-task"})
  void helpHasExamplesAndOnlyWhatCanBeGiven(String command) {
    Run run = Run.of(command, "--help");
    assertThat(run.code()).isZero();
    assertThat(run.out())
        .contains("Usage: ptune " + command, "Examples:")
        .doesNotContain("--seed=");
  }

  @Test
  void taskDescriptionsAreWrittenOnceAndCanBeRead() {
    for (String kind : Run.of("init-task", "--list").lines()) {
      Path file = folder.resolve("kinds").resolve(kind + ".yaml");
      Run run = Run.of("init-task", file.toString(), "--kind", kind);
      assertThat(run.code()).as(run.err()).isZero();
      assertThat(run.out()).contains("ptune check-data", "--task " + file);
      assertThat(TaskFile.read(file).metricNames()).isNotEmpty();
    }
    assertThat(TaskTemplates.kinds()).isNotEmpty();
    String first = folder.resolve("kinds").resolve(TaskTemplates.kinds().get(0) + ".yaml") + "";
    Run again = Run.of("init-task", first);
    assertThat(again.code()).isEqualTo(2);
    assertThat(again.err()).contains("not overwritten");
    assertThat(Run.of("init-task", folder.resolve("x.yaml").toString(), "--kind", "odd").code())
        .isEqualTo(2);
    assertThat(folder.resolve("x.yaml")).doesNotExist();
    assertThat(Run.of("init-task", "rows.txt").err()).contains(".yaml");
    assertThat(Run.of("init-task").err()).contains("task.yaml");
  }
}
