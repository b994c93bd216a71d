package org.ptuning4j.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The archive is all that is needed: unpacked into a folder with spaces in its name and started
 * with Java and a few small programs of the system on the path, in an empty home.
 */
@Tag("ci")
class ArchiveIT {

  /** What the launcher uses; neither Maven nor a compiler is among them. */
  private static final List<String> TOOLS =
      List.of(
          "bash",
          "dirname",
          "readlink",
          "uname",
          "sed",
          "head",
          "locale",
          "mv",
          "rm",
          "mkdir",
          "ls",
          "cksum",
          "cut");

  @TempDir static Path folder;
  private static Path home;
  private static Path tools;
  private static Path installed;

  private record Result(int code, String out, String err) {}

  @BeforeAll
  static void unpack() throws IOException, InterruptedException {
    assumeTrue(File.separatorChar == '/' && find("tar") != null, "no tar: not a Unix");
    home = Files.createDirectory(folder.resolve("an empty home"));
    tools = Files.createDirectory(folder.resolve("tools"));
    for (String tool : TOOLS) {
      Path found = find(tool);
      if (found != null) {
        Path script = tools.resolve(tool);
        Files.writeString(script, "#!/bin/sh\nexec " + found + " \"$@\"\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
      }
    }
    installed = Archive.untarred(Files.createDirectory(folder.resolve("a folder of programs")));
  }

  private static Path find(String program) {
    return Stream.of("/bin", "/usr/bin")
        .map(place -> Path.of(place).resolve(program))
        .filter(Files::isExecutable)
        .findFirst()
        .orElse(null);
  }

  private static Result run(Path program, String... arguments) {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    Path java = Path.of(System.getProperty("java.home"));
    builder.environment().clear();
    builder
        .environment()
        .putAll(
            Map.of(
                "PATH",
                java.resolve("bin") + ":" + tools,
                "HOME",
                home.toString(),
                // Java takes the home from the system, not from HOME.
                "PTUNE_JAVA_OPTS",
                "-Duser.home=" + folder.resolve("java-home")));
    try {
      Path out = Files.createTempFile(folder, "out", "");
      Path err = Files.createTempFile(folder, "err", "");
      Process process =
          builder
              .redirectInput(new File("/dev/null"))
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      int code = process.waitFor();
      return new Result(code, Files.readString(out), Files.readString(err));
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static Path ptune() {
    return installed.resolve("bin/ptune");
  }

  @Test
  void trainsAndPredicts() throws IOException {
    Path rows = folder.resolve("rows of mine.jsonl");
    Files.writeString(
        rows,
        """
        {"text": "good", "label": "yes"}
        {"text": "bad", "label": "no"}
        """,
        StandardCharsets.UTF_8);
    String run = folder.resolve("a run").toString();
    Result trained =
        run(
            ptune(),
            "train",
            "--model",
            "bert-mini",
            "--train",
            rows.toString(),
            "--dev",
            rows.toString(),
            "--text",
            "text",
            "--label",
            "label",
            "--epochs",
            "1",
            "--out",
            run);
    assertThat(trained.code()).as(trained.err()).isZero();
    Result asked =
        run(ptune(), "predict", "--model", "bert-mini", "--pack", run, "a “quoted” text");
    assertThat(asked.code()).as(asked.err()).isZero();
    assertThat(asked.out()).contains("\"label\":");
  }

  @Test
  void exitCodesPassThrough() {
    assertThat(run(ptune(), "predict", "--model", "no-such-model", "--pack", "x", "y").code())
        .isEqualTo(2);
    assertThat(run(ptune(), "no-such-command").code()).isEqualTo(2);
  }

  @Test
  void linksToItWork() throws IOException {
    Path first = folder.resolve("a link");
    Files.createSymbolicLink(first, Path.of("a folder of programs", Archive.name(), "bin/ptune"));
    Path second = Files.createSymbolicLink(folder.resolve("another link"), first);
    Result version = run(second, "--version");
    assertThat(version.code()).as(version.err()).isZero();
    assertThat(version.out()).startsWith("ptune ").contains("libtorch");
  }

  @Test
  void anArchiveThatIsNotWholeSaysSo() throws IOException {
    Path elsewhere = folder.resolve("half");
    Files.createDirectories(elsewhere.resolve("bin"));
    Files.copy(ptune(), elsewhere.resolve("bin/ptune"));
    Files.createDirectories(elsewhere.resolve("libexec/lib"));
    Result failed = run(elsewhere.resolve("bin/ptune"), "--version");
    assertThat(failed.code()).isEqualTo(1);
    assertThat(failed.err()).contains("no jar in").contains("unpack the archive again");
  }

  @Test
  void bothArchivesHoldTheSame() throws IOException, InterruptedException {
    Map<String, Set<PosixFilePermission>> zipped = Archive.zipped();
    try (Stream<Path> files = Files.walk(installed)) {
      List<String> untarred =
          files
              .filter(Files::isRegularFile)
              .map(file -> installed.getParent().relativize(file).toString())
              .filter(name -> !name.endsWith(".jsa")) // made by the first start
              .sorted()
              .toList();
      assertThat(zipped.keySet()).containsExactlyElementsOf(untarred);
    }
    String base = Archive.name() + "/";
    assertThat(zipped.get(base + "bin/ptune")).contains(PosixFilePermission.OTHERS_EXECUTE);
    assertThat(zipped.get(base + "bin/ptune.cmd")).doesNotContain(PosixFilePermission.OTHERS_WRITE);
    assertThat(zipped)
        .containsKeys(
            base + "LICENSE",
            base + "NOTICE",
            base + "docs/commands.md",
            base + "share/man/man1/ptune.1",
            base + "share/bash-completion/completions/ptune",
            base + "share/zsh/site-functions/_ptune",
            base + "share/fish/vendor_completions.d/ptune.fish");
    assertThat(Files.readString(installed.resolve("bin/ptune.cmd"))).contains("\r\n");
    assertThat(Files.readString(installed.resolve("share/man/man1/ptune.1")))
        .contains(Archive.name().substring("ptune-".length()));
  }
}
