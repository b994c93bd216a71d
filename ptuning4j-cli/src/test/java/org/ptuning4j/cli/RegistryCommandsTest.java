package org.ptuning4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pack's way through a registry, as it is typed. */
class RegistryCommandsTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path folder;
  private static String run;
  private static String registry;

  @BeforeAll
  static void trainAndPublish() throws IOException {
    Path reviews = TinyData.reviews(folder.resolve("reviews.jsonl"), 24);
    run = folder.resolve("mood").toString();
    registry = folder.resolve("registry").toString();
    ok(
        "train --model bert-mini --prompt-length 3 --epochs 1 --batch 8 --precision fp32"
            + " --text text --label label",
        "--train",
        reviews.toString(),
        "--dev",
        reviews.toString(),
        "--out",
        run);
    ok("registry publish --name mood --alias prod --registry", registry, run);
    ok("registry keygen", folder.resolve("key").toString());
    ok(
        "registry publish --name mood --note signed --registry",
        registry,
        run,
        "--sign",
        folder.resolve("key").toString());
  }

  private static Run run(String typed, String... more) {
    String[] words = typed.split(" ", -1);
    String[] all = Arrays.copyOf(words, words.length + more.length);
    System.arraycopy(more, 0, all, words.length, more.length);
    return Run.of(all);
  }

  private static String ok(String typed, String... more) {
    Run done = run(typed, more);
    assertThat(done.code()).as(done.err()).isZero();
    return done.out();
  }

  private static void bad(Run done, String... parts) {
    assertThat(done.code()).as(done.err()).isEqualTo(2);
    assertThat(done.out()).isEmpty();
    assertThat(done.err()).contains(parts).doesNotContain("\tat ");
  }

  @Test
  void aPublishedPackAnswersAsItDidBefore() throws IOException {
    String ask = "predict --model bert-mini --precision fp32 --pack ";
    String before = ok(ask + run, "A fine film.");
    assertThat(ok(ask + "registry:" + registry + "/mood@prod", "A fine film.")).isEqualTo(before);
    assertThat(ok(ask + "x=registry:" + registry + "/mood", "A fine film.")).isEqualTo(before);
    String out = folder.resolve("pulled").toString();
    ok("registry pull mood@1 --registry", registry, "--out", out);
    assertThat(ok(ask + out, "A fine film.")).isEqualTo(before);
    bad(run(ask + "registry:" + registry + "/mood@test", "x"), "there is no mood@test");
    bad(run(ask + "registry:" + registry + "/..", "x"), "name: ");
    bad(run(ask + "registry:" + folder + "/mood", "x"), "is no registry");
  }

  @Test
  void whatIsPublishedIsListedAndFound() throws IOException {
    assertThat(ok("registry list --registry", registry)).contains("mood@2", "mood@1", "prod");
    JsonNode shown = JSON.readTree(ok("registry show mood --json --registry", registry));
    assertThat(shown.get("version").asInt()).isEqualTo(2);
    assertThat(shown.get("note").asText()).isEqualTo("signed");
    assertThat(shown.get("files").get("prompt.safetensors").get("sha256").asText()).hasSize(64);
    assertThat(ok("registry search --method p-tuning-v2 --metric accuracy=0 --registry", registry))
        .contains("mood@2");
    assertThat(ok("registry search --metric accuracy=1.1 --registry", registry)).isBlank();
    assertThat(ok("registry history --registry", registry)).contains("publish", "promote");
    bad(run("registry list other --registry", registry), "nothing is published as 'other'");
    assertThat(ok("inspect registry:" + registry + "/mood@2")).contains("p-tuning-v2");
    assertThat(ok("registry history mood --registry", registry)).contains("publish", "mood@2");
    bad(
        run("registry history other --registry", registry),
        "nothing was ever published as 'other'");
    bad(run("registry search --metric accuracy --registry", registry), "NAME=X");
  }

  @Test
  void signaturesAreChecked() {
    String key = folder.resolve("key.pub").toString();
    assertThat(ok("registry verify mood@2 --registry", registry, "--trust", key))
        .contains("signed by");
    bad(run("registry verify mood@1 --registry", registry, "--trust", key), "is not signed");
  }

  @Test
  void mistakesInWhatIsTypedAreExplained() {
    bad(run("registry pubish"), "there is no command 'pubish'; did you mean publish?");
    bad(run("registry"), "Usage: ptune registry");
    bad(run("registry show mood --regisry x"), "there is no option --regisry");
    assertThat(ok("registry promote --help")).contains("--alias", "Examples:");
    assertThat(ok("help registry")).contains("rollback");
  }
}
