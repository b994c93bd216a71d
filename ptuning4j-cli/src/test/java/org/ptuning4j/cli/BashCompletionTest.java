package org.ptuning4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The completion script, run by bash as the shell runs it when the tabulator key is pressed. */
class BashCompletionTest {

  @TempDir static Path folder;
  private static Path script;

  @BeforeAll
  static void write() throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "no bash");
    Run run = Run.of("generate-completion");
    assertThat(run.code()).as(run.err()).isZero();
    script = Files.writeString(folder.resolve("ptune.bash"), run.out(), StandardCharsets.UTF_8);
    Files.createDirectory(folder.resolve("runs"));
    Files.createFile(folder.resolve("reviews.csv"));
    Files.createFile(folder.resolve("rules.yaml"));
  }

  /** What bash offers for the last of the words, as bash cuts a line into words. */
  private static List<String> offered(String... words) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "/bin/bash",
                "-c",
                "source \"$0\"; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _ptune 2>/dev/null;"
                    + " printf '%s\\n' \"${COMPREPLY[@]}\"",
                script.toString()));
    command.addAll(Arrays.asList(words));
    try {
      Process bash = new ProcessBuilder(command).directory(folder.toFile()).start();
      String out = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(bash.waitFor()).isZero();
      return out.lines().filter(line -> !line.isEmpty()).sorted().toList();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void commandsAndOptions() {
    assertThat(offered("ptune", "tr")).containsExactly("train");
    assertThat(offered("ptune", "")).contains("demo", "predict", "help", "--version");
    assertThat(offered("ptune", "train", "--lr")).containsExactly("--lr");
    assertThat(offered("ptune", "eval", "--")).contains("--data").doesNotContain("--train");
    assertThat(offered("ptune", "help", "pre")).containsExactly("predict");
  }

  @Test
  void eachOptionHasItsOwnWords() {
    assertThat(offered("ptune", "train", "--method", "p-"))
        .containsExactly("p-tuning", "p-tuning-v2");
    assertThat(offered("ptune", "train", "--task", "sst")).containsExactly("sst2");
    assertThat(offered("ptune", "train", "--preset", "")).containsExactly("paper");
    assertThat(offered("ptune", "train", "--precision", "=")).contains("bf16");
    assertThat(offered("ptune", "predict", "--precision", "=", "b")).containsExactly("bf16");
    assertThat(offered("ptune", "predict", "--format", "t")).contains("text", "tsv");
    assertThat(offered("ptune", "ablate", "--over", "")).containsExactly("depth", "head", "length");
    assertThat(offered("ptune", "train", "--epochs", "")).isEmpty();
  }

  @Test
  void listsAreCompletedItemByItem() {
    assertThat(offered("ptune", "compare", "--methods", "head-only,soft"))
        .containsExactly("head-only,soft-prompts");
    assertThat(offered("ptune", "compare", "--task", "rte,bo")).containsExactly("rte,boolq");
  }

  @Test
  void commandsBelowACommand() {
    assertThat(offered("ptune", "registry", "pu")).containsExactly("publish", "pull", "purge");
    assertThat(offered("ptune", "registry", "publish", "--na")).containsExactly("--name");
    assertThat(offered("ptune", "registry", "publish", "--sign", "")).isEmpty();
    assertThat(offered("ptune", "registry", "publish", "r")).containsExactly("runs");
  }

  @Test
  void filesAndFoldersWhereTheyAreMeant() {
    assertThat(offered("ptune", "check-data", "re")).containsExactly("reviews.csv");
    assertThat(offered("ptune", "predict", "--input", "r"))
        .containsExactly("reviews.csv", "rules.yaml", "runs");
    assertThat(offered("ptune", "train", "--out", "r")).containsExactly("runs");
    assertThat(offered("ptune", "predict", "--pack", "r")).containsExactly("runs");
    assertThat(offered("ptune", "train", "--task", "ru")).containsExactly("rules.yaml", "runs");
    assertThat(offered("ptune", "inspect", "")).containsExactly("runs");
    assertThat(offered("ptune", "train", "--model", "bert")).containsExactly("bert-mini");
    assertThat(offered("ptune", "train", "--model", "bge"))
        .contains("bge-small-en", "bge-small-zh");
  }
}
