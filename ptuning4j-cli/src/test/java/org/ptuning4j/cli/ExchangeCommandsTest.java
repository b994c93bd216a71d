package org.ptuning4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.task.Task;

/** A pack that goes to PEFT's format and comes back answers as before. */
class ExchangeCommandsTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TEXT = "A warm and charming film.";

  @TempDir static Path folder;
  private static Path adapter;

  @BeforeAll
  static void trainAndExport() throws IOException {
    Path reviews = TinyData.reviews(folder.resolve("reviews.jsonl"), 24);
    ok(
        "train --model bert-mini --prompt-length 3 --epochs 1 --batch 8 --precision fp32"
            + " --text text --label label --head dense --positions shifted --prefix-softmax joint",
        "--train",
        reviews.toString(),
        "--dev",
        reviews.toString(),
        "--out",
        at("run"));
    adapter = folder.resolve("adapter");
    ok("export --format peft --model bert-mini", at("run"), "--out", adapter.toString());
  }

  private static String at(String name) {
    return folder.resolve(name).toString();
  }

  private static Run run(String typed, String... more) {
    String[] words = typed.split(" ", -1);
    String[] all = java.util.Arrays.copyOf(words, words.length + more.length);
    System.arraycopy(more, 0, all, words.length, more.length);
    return Run.of(all);
  }

  private static String ok(String typed, String... more) {
    Run run = run(typed, more);
    assertThat(run.code()).as(run.err()).isZero();
    return run.out();
  }

  @Test
  void aPackComesBackAsItWas() throws IOException {
    String said =
        ok(
            "import --model bert-mini --labels negative,positive --text {text} --name mood",
            adapter.toString(),
            "--out",
            at("back"));
    assertThat(said).contains("prefix-tuning", "task mood", "[negative, positive]");
    String ask = "predict --model bert-mini --precision fp32 --pack ";
    JsonNode before = JSON.readTree(ok(ask + at("run"), TEXT));
    JsonNode after = JSON.readTree(ok(ask + at("back"), TEXT));
    assertThat(after.get("probabilities")).hasSize(2);
    assertThat(after.get("probabilities").elements().next())
        .isEqualTo(before.get("probabilities").elements().next());
  }

  /** Labels and columns that PEFT's files do not hold are beside them. */
  @Test
  void nothingHasToBeSaidOfAnAdapterThatWasExported() throws IOException {
    String said = ok("import --model bert-mini", adapter.toString(), "--out", at("same"));
    JsonNode trained = JSON.readTree(Path.of(at("run"), "pack", "prompt.json").toFile());
    JsonNode back = JSON.readTree(Path.of(at("same"), "prompt.json").toFile());
    assertThat(back.at("/task")).isEqualTo(trained.at("/task"));
    assertThat(back.at("/task/labels").elements().next().asText()).isNotEqualTo("LABEL_0");
    assertThat(said).contains(trained.at("/task/labels/0").asText());
    String other =
        ok("import --model bert-mini --labels a,b", adapter.toString(), "--out", at("b"));
    assertThat(other).contains("[a, b]");
  }

  @Test
  void anAdapterInThePlaceOfAPackSaysWhatToType() {
    Run run = run("predict --model bert-mini", "--pack", adapter.toString(), TEXT);
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .contains("ptune import " + adapter + " --model MODEL --out PACK")
        .doesNotContain("\tat ");
  }

  @Test
  void whatCannotBeImportedOrExportedIsSaid() {
    assertThat(run("import --model bert-mini --out x", at("run")).err())
        .contains("is the folder of a training run", "give it to --pack as it is");
    assertThat(run("import --model bert-mini --out x", at("nowhere")).err())
        .contains("is no folder");
    assertThat(run("import --model bert-mini --task sst2 --text a --out x", at("adapter")).err())
        .contains("leave out --kind, --text");
    assertThat(run("export --model bert-mini --format onnx --out x", at("run")).err())
        .contains("format: 'onnx' is not known; there is peft");
    Run twice = run("export --model bert-mini", at("run"), "--out", adapter.toString());
    assertThat(twice.code()).isEqualTo(2);
    assertThat(twice.err()).contains("holds files already");
    assertThat(Files.exists(Path.of("x"))).isFalse();
  }

  /** Two packs as one, beside which each of them is shown. */
  @Test
  void anEnsembleIsEvaluatedBesideItsMembersAndAsked() throws IOException {
    Path reviews = folder.resolve("reviews.jsonl");
    ok(
        "train --model bert-mini --prompt-length 5 --epochs 1 --batch 8 --precision fp32 --seed 5"
            + " --text text --label label",
        "--train",
        reviews.toString(),
        "--dev",
        reviews.toString(),
        "--out",
        at("second"));
    String together = "ensemble --model bert-mini";
    String said =
        ok(together, at("run"), at("second"), "--dev", reviews.toString(), "--out", at("both"));
    assertThat(said).contains(at("run"), at("second"), "all together", "an ensemble of 2 prompts");
    String eval = "eval --model bert-mini --precision fp32 --json --pack ";
    JsonNode metrics =
        JSON.readTree(ok(eval + at("both"), "--data", reviews.toString())).get("metrics");
    assertThat(said.lines().filter(line -> line.startsWith("all together")).findFirst())
        .get()
        .asString()
        .contains(String.format(Locale.ROOT, "%.4f", metrics.get("accuracy").asDouble()));
    JsonNode saved = JSON.readTree(folder.resolve("both/prompt.json").toFile());
    assertThat(saved.get("members")).hasSize(2);
    assertThat(saved.get("provenance").get("metrics").get("accuracy").asDouble())
        .isEqualTo(metrics.get("accuracy").asDouble());
    Run self = run(together, at("run"), at("both"), "--out", at("both"));
    assertThat(self.code()).isEqualTo(2);
    assertThat(self.err()).contains("out: ", "is one of the packs that it is made of");
    assertThat(run(together, at("run"), "--out", at("one")).code()).isEqualTo(2);
    Run over = run(together, at("run"), at("both"), "--out", at("second/pack"));
    assertThat(over.code()).isEqualTo(2);
    assertThat(over.err()).contains("out: ", "is of the run in", "choose another folder");
    assertThat(folder.resolve("second/pack/prompt.json")).content().doesNotContain("members");
    assertThat(run("export --model bert-mini", at("both"), "--out", at("x")).err())
        .contains("is an ensemble of 2 prompts");
  }

  /** A task with a threshold needs rows on which to find that of all members together. */
  @Test
  void aThresholdIsFoundAnew() throws IOException {
    Path questions = folder.resolve("squad.json");
    try (InputStream in = Task.class.getResourceAsStream("/org/ptuning4j/examples/squad.json")) {
      Files.copy(in, questions);
    }
    for (String seed : List.of("1", "2")) {
      ok(
          "train --model bert-mini --task squad2 --prompt-length 3 --epochs 1 --batch 4"
              + " --precision fp32 --lr 5e-2 --seed "
              + seed,
          "--train",
          questions.toString(),
          "--dev",
          questions.toString(),
          "--out",
          at("squad-" + seed));
    }
    String together = "ensemble --model bert-mini";
    Run without = run(together, at("squad-1"), at("squad-2"), "--out", at("questions"));
    assertThat(without.code()).isEqualTo(2);
    assertThat(without.err()).contains("dev: task 'squad2' has a threshold");
    ok(
        together,
        at("squad-1"),
        at("squad-2"),
        "--dev",
        questions.toString(),
        "--out",
        at("questions"));
    assertThat(threshold("questions"))
        .isNotEqualTo(threshold("squad-1/pack"))
        .isNotEqualTo(threshold("squad-2/pack"));
  }

  private static double threshold(String pack) throws IOException {
    return JSON.readTree(folder.resolve(pack).resolve("prompt.json").toFile())
        .get("task")
        .get("null_threshold")
        .asDouble();
  }
}
