package org.ptuning4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What an installation brings along, as shells and {@code man} understand it; each is asked where
 * it is installed.
 */
class ShellFilesTest {

  @TempDir static Path folder;
  private static Path prefix;

  @BeforeAll
  static void write() throws IOException {
    prefix = folder.resolve("prefix");
    InstalledFiles.main(new String[] {prefix.toString()});
    Files.createDirectory(folder.resolve("runs"));
    Files.createFile(folder.resolve("reviews.csv"));
    Files.createFile(folder.resolve("rules.yaml"));
    Path zsh = folder.resolve("offered.zsh");
    try (InputStream script = ShellFilesTest.class.getResourceAsStream("offered.zsh")) {
      Files.copy(script, zsh);
    }
  }

  private static void requireInstalled(String program) {
    boolean installed =
        Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
            .anyMatch(place -> Files.isExecutable(Path.of(place).resolve(program)));
    assumeTrue(installed, "no " + program);
  }

  private static List<String> lines(List<String> command) {
    try {
      Path out = Files.createTempFile(folder, "out", "");
      Process process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectInput(new File("/dev/null"))
              .redirectOutput(out.toFile())
              .start();
      String error = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(error).isZero();
      assertThat(error).isEmpty();
      return Files.readAllLines(out);
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> zsh(String line) {
    Path functions = prefix.resolve("share/zsh/site-functions");
    return lines(
            List.of(
                "zsh",
                "-f",
                folder.resolve("offered.zsh").toString(),
                functions.toString(),
                folder.toString(),
                line))
        .stream()
        .distinct()
        .sorted()
        .toList();
  }

  private static List<String> fish(String line) {
    Path script = prefix.resolve("share/fish/vendor_completions.d/ptune.fish");
    return lines(
            List.of(
                "fish", "--no-config", "-c", "source '" + script + "'; complete -C '" + line + "'"))
        .stream()
        .map(offered -> offered.split("\t", -1)[0])
        .sorted()
        .toList();
  }

  @Test
  void zshOffersWhatFollows() {
    requireInstalled("zsh");
    assertThat(zsh("ptune tr")).containsExactly("train");
    assertThat(zsh("ptune train --method=p-")).containsExactly("p-tuning", "p-tuning-v2");
    assertThat(zsh("ptune compare --methods head-only,soft")).containsExactly("soft-prompts");
    assertThat(zsh("ptune train --task ru")).containsExactly("rules.yaml", "runs");
    assertThat(zsh("ptune train --out r")).containsExactly("runs");
    assertThat(zsh("ptune registry publish --na")).containsExactly("--name");
  }

  @Test
  void fishOffersWhatFollows() {
    requireInstalled("fish");
    assertThat(fish("ptune tr")).containsExactly("train");
    assertThat(fish("ptune "))
        .contains("demo", "registry")
        .doesNotContain("reviews.csv", "publish");
    assertThat(fish("ptune train --lr")).containsExactly("--lr");
    assertThat(fish("ptune train --method p-")).containsExactly("p-tuning", "p-tuning-v2");
    assertThat(fish("ptune compare --methods head-only,soft"))
        .containsExactly("head-only,soft-prompts");
    assertThat(fish("ptune train --task ru")).containsExactly("rules.yaml", "runs/");
    assertThat(fish("ptune train --out r")).containsExactly("runs/");
    assertThat(fish("ptune train --epochs ")).isEmpty();
    assertThat(fish("ptune registry pu")).containsExactly("publish", "pull", "purge");
    assertThat(fish("ptune registry publish --na")).containsExactly("--name");
    assertThat(fish("ptune help pre")).containsExactly("predict");
  }

  private static List<Path> pages() {
    try (Stream<Path> files = Files.list(prefix.resolve("share/man/man1"))) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void everyCommandHasItsPage() {
    List<String> names = pages().stream().map(page -> page.getFileName().toString()).toList();
    assertThat(names).contains("ptune.1", "ptune-train.1", "ptune-registry-publish.1");
    assertThat(names)
        .containsAll(Main.COMMANDS.stream().map(name -> "ptune-" + name + ".1").toList());
  }

  @Test
  void pagesAreSoundRoff() {
    requireInstalled("mandoc");
    for (Path page : pages()) {
      List<String> said = new ArrayList<>(remarks(page));
      said.removeIf(line -> line.contains("missing date")); // builds would differ from day to day
      assertThat(said).as("%s", page).isEmpty();
    }
  }

  private static List<String> remarks(Path page) {
    try {
      Process mandoc =
          new ProcessBuilder("mandoc", "-T", "lint", "-W", "warning", page.toString())
              .redirectErrorStream(true)
              .start();
      List<String> said =
          new String(mandoc.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .toList();
      mandoc.waitFor();
      return said;
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** What is written is what is meant: no request of roff, no lost hyphen or backslash. */
  @Test
  void pagesSayWhatHelpSays() throws IOException {
    String page = Files.readString(prefix.resolve("share/man/man1/ptune-train.1"));
    assertThat(page)
        .startsWith(".TH PTUNE-TRAIN 1 ")
        .contains("\n\\fB\\-\\-prompt\\-length\\fR=\\fIN\\fR\n")
        .contains("\n\\fB\\-\\-gate\\fR[=\\fIX\\fR]\n")
        .contains("\nptune\\-train \\- Trains a task on a model")
        .contains("\n.SH EXAMPLES\n.nf\n")
        .contains(".SH \"EXIT STATUS\"");
    assertThat(page.lines().filter(line -> line.startsWith("'"))).isEmpty();
    assertThat(
            page.lines().filter(line -> line.startsWith(".")).map(line -> line.split(" ", -1)[0]))
        .isSubsetOf(".TH", ".SH", ".TP", ".PP", ".B", ".BR", ".nf", ".fi");
  }

  @Test
  void otherShellsAreRefused() {
    Run run = Run.of("generate-completion", "tcsh");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("'tcsh'").contains("bash, zsh, fish");
    assertThat(Run.of("generate-completion", "fish").out()).contains("complete -c ptune");
    assertThat(Run.of("generate-completion", "zsh").out()).startsWith("#compdef ptune");
  }
}
