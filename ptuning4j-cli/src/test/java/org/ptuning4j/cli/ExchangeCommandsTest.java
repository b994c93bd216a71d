package org.ptuning4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
            + " --text text --label label --head dense",
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
}
