package org.ptuning4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.cli.terminal.ShellWords;

/** The command as a process of its own: exit codes, signals, pipes. CI runs more variants. */
class ProcessTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PATIENCE_SECONDS = 120;

  /** Enough for some after the first one, in which an interrupt arrives. */
  private static final int EPOCHS = 3;

  @TempDir static Path folder;
  private static Path reviews;

  @BeforeAll
  static void writeData() throws IOException {
    reviews = TinyData.reviews(folder.resolve("reviews.jsonl"), 64);
  }

  /** The first JDK that warns of native libraries unless they are allowed. */
  private static final int NATIVE_ACCESS_SINCE = 22;

  private static List<String> command(String... args) {
    List<String> command = java(Main.class);
    command.addAll(List.of(args));
    return command;
  }

  private static List<String> java(Class<?> main) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    if (Runtime.version().feature() >= NATIVE_ACCESS_SINCE) {
      command.add("--enable-native-access=ALL-UNNAMED"); // the jar's manifest says so otherwise
    }
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    return command;
  }

  /** Runs commands one after the other in a process like theirs. */
  private static List<Run> oneAfterTheOther(String[]... commands)
      throws IOException, InterruptedException {
    String lines =
        Stream.of(commands).map(words -> String.join(" ", words)).collect(Collectors.joining("\n"));
    List<String> command = java(RunsProcess.class);
    command.addAll(List.of(folder.toString(), lines));
    assertThat(exitCode(process(command).inheritIO().start())).isZero();
    return RunsProcess.read(folder);
  }

  private static Process start(String... args) throws IOException {
    return process(command(args)).start();
  }

  private static ProcessBuilder process(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    // One thread: the threads of several trainings on a busy machine wait for each other.
    builder.environment().put("OMP_NUM_THREADS", "1");
    builder.environment().put("OPENBLAS_NUM_THREADS", "1");
    builder.environment().put("OMP_WAIT_POLICY", "PASSIVE");
    return builder;
  }

  private static int exitCode(Process process) throws InterruptedException {
    boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (!ended) {
      process.destroyForcibly();
    }
    assertThat(ended).as("the process ends by itself").isTrue();
    return process.exitValue();
  }

  private static String[] training(String out, int epochs, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "train",
                "--model",
                "bert-mini",
                "--train",
                reviews.toString(),
                "--dev",
                reviews.toString(),
                "--text",
                "text",
                "--label",
                "label",
                "--precision",
                "fp32",
                "--batch",
                "4",
                "--epochs",
                Integer.toString(epochs),
                "--prompt-length",
                "3",
                "--out",
                folder.resolve(out).toString()));
    args.addAll(List.of(more));
    return args.toArray(String[]::new);
  }

  private static JsonNode result(String run) throws IOException {
    return JSON.readTree(folder.resolve(run).resolve("result.json").toFile());
  }

  @Test
  void exitCodesReachTheShell() throws IOException, InterruptedException {
    assertThat(exitCode(start("inspect", "bert-maxi"))).isEqualTo(2);
  }

  /** Cells are trained by processes of their own, which make the plan again from what was typed. */
  @Test
  @Tag("ci")
  void aCellOfAStudyIsTrainedInAProcess() throws IOException, InterruptedException {
    assertThat(compared("p-tuning-v2")).containsExactly("p-tuning-v2 finished 11");
  }

  @Tag("ci")
  @Test
  void cellsOfAStudyAreTrainedInProcesses() throws IOException, InterruptedException {
    assertThat(compared("head-only,p-tuning-v2"))
        .containsExactly("head-only finished 11", "p-tuning-v2 finished 11");
  }

  /** Compares methods; what became of each cell. */
  private static List<String> compared(String methods) throws IOException, InterruptedException {
    Path task = folder.resolve("mood.yaml");
    Files.writeString(task, "text: \"{text}\"\nlabel_column: label\n");
    Path settings = folder.resolve("study.yaml");
    Files.writeString(settings, "epochs: 1\nbatch: 16\nprecision: fp32\nprompt-length: 3\n");
    Path out = folder.resolve("study-of-" + methods);
    Path few = TinyData.reviews(folder.resolve("few.jsonl"), 16);
    String data = task + "=" + few + "," + few;
    List<String> args = new ArrayList<>(List.of("compare", "--model", "bert-mini", "--seeds", "1"));
    args.addAll(List.of("--methods", methods, "--task", data));
    args.addAll(List.of("--config", settings.toString(), "--out", out.toString()));
    Process process = start(args.toArray(String[]::new));
    String errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(exitCode(process)).as(errors).isZero();
    assertThat(errors).doesNotContain("Exception", "WARNING");
    List<String> trained = new ArrayList<>();
    try (Stream<Path> files = Files.list(out.resolve("cells"))) {
      for (Path file : files.filter(each -> each.toString().endsWith(".json")).sorted().toList()) {
        JsonNode cell = JSON.readTree(file.toFile()).get("cell");
        trained.add(
            cell.get("method").asText()
                + " "
                + cell.get("status").asText()
                + " "
                + cell.get("seed"));
      }
    }
    return trained;
  }

  @Test
  @Tag("ci")
  void onATerminalABarMovesAndTheTerminalIsAskedNothing() throws IOException, InterruptedException {
    Path script = Path.of("/usr/bin/script");
    assumeTrue(Files.isExecutable(script), "the program `script` makes a terminal for the test");
    String typed =
        command(training("terminal", 1)).stream()
            .map(ShellWords::quoted)
            .collect(Collectors.joining(" "));
    Process process =
        process(List.of(script.toString(), "-qec", typed, "/dev/null"))
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    String shown = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(exitCode(process)).as(shown).isZero();
    assertThat(shown).contains("Step 100%", "epoch 1,");
    assertThat(shown).doesNotContainPattern("\u001b\\[(c|6n|\\?)"); // questions to a terminal
  }

  @Test
  void afterAnInterruptTheRunGoesOnExactly() throws IOException, InterruptedException {
    assumeInterruptsArrive();
    Process first = start(training("interrupted", EPOCHS));
    StringBuilder said = new StringBuilder();
    try (BufferedReader err =
        new BufferedReader(new InputStreamReader(first.getErrorStream(), StandardCharsets.UTF_8))) {
      for (String line = err.readLine(); line != null; line = err.readLine()) {
        said.append(line).append('\n');
        if (line.startsWith("epoch 1,")) {
          Process kill = new ProcessBuilder("kill", "-INT", Long.toString(first.pid())).start();
          assertThat(exitCode(kill)).isZero();
        }
      }
    }
    assertThat(exitCode(first)).as(said.toString()).isEqualTo(130);
    assertThat(said).contains("To go on:", "--resume", "--out");
    assertThat(result("interrupted").path("finished").asBoolean()).isFalse();
    assertThat(folder.resolve("interrupted").resolve("pack").resolve("prompt.json")).exists();

    List<Run> runs =
        oneAfterTheOther(training("interrupted", EPOCHS, "--resume"), training("whole", EPOCHS));
    assertThat(runs).allSatisfy(run -> assertThat(run.code()).as(run.err()).isZero());
    assertThat(result("interrupted").path("steps")).isEqualTo(result("whole").path("steps"));
    assertThat(result("interrupted").path("finished").asBoolean()).isTrue();
    assertThat(weights("interrupted")).isEqualTo(weights("whole"));
  }

  private static byte[] weights(String run) throws IOException {
    return Files.readAllBytes(folder.resolve(run).resolve("pack").resolve("prompt.safetensors"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"inspect bert-mini --tensors", "train --help"})
  void aClosedPipeEndsQuietly(String typed) throws IOException, InterruptedException {
    assumeTrue(File.separatorChar == '/', "pipes are made by a shell");
    StringBuilder line = new StringBuilder();
    for (String word : command(typed.split(" ", -1))) {
      line.append('\'').append(word).append("' ");
    }
    // The reader is gone before the first line comes.
    Process shell =
        new ProcessBuilder("sh", "-c", "{ " + line + "; echo \"code $?\" >&2; } | true").start();
    assertThat(exitCode(shell)).isZero();
    String err = new String(shell.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    // Java itself speaks up where it is given options by the environment.
    assertThat(err.lines().filter(said -> !said.startsWith("Picked up ")))
        .containsExactly("code 0");
  }

  /** A locale that knows nothing but ASCII. */
  @Test
  void textsAndFileNamesAreUtf8WhateverTheLocale() throws IOException, InterruptedException {
    checkDataIn("LC_ALL=C");
  }

  /** The same by another name, and one that is named but not installed. */
  @Tag("ci")
  @ParameterizedTest
  @ValueSource(strings = {"LANG=de_DE.UTF-8", "LC_ALL=POSIX"})
  void textsAndFileNamesAreUtf8InOtherLocales(String locale)
      throws IOException, InterruptedException {
    checkDataIn(locale);
  }

  private static void checkDataIn(String locale) throws IOException, InterruptedException {
    assumeTrue(File.separatorChar == '/', "the locale is the system's");
    Path data = TinyData.reviews(folder.resolve("R\u00fcckblick \uD83E\uDD80.jsonl"), 4);
    ProcessBuilder builder =
        new ProcessBuilder(
            command(
                "check-data",
                data.toString(),
                "--text",
                "{text} \u00e9t\u00e9",
                "--label",
                "gr\u00f6\u00dfe"));
    for (String name : List.of("LC_ALL", "LC_CTYPE", "LANG", "PTUNE_LOCALE")) {
      builder.environment().remove(name);
    }
    String[] nameAndValue = locale.split("=", 2);
    builder.environment().put(nameAndValue[0], nameAndValue[1]);
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    exitCode(process);
    assertThat(out + err)
        .contains("R\u00fcckblick \uD83E\uDD80.jsonl", "gr\u00f6\u00dfe")
        .doesNotContain("\uFFFD", "\tat ");
  }

  private static String shell(String... args) {
    StringBuilder line = new StringBuilder();
    for (String word : command(args)) {
      line.append('\'').append(word).append("' ");
    }
    return line.toString();
  }

  @Test
  void aFullDiskIsSaidInOneLine() throws IOException, InterruptedException {
    printOntoAFullDisk("models");
  }

  @Tag("ci")
  @Test
  void aFullDiskIsSaidInOneLineByTheHelp() throws IOException, InterruptedException {
    printOntoAFullDisk("--help");
  }

  private static void printOntoAFullDisk(String arguments)
      throws IOException, InterruptedException {
    assumeTrue(Files.exists(Path.of("/dev/full")), "no /dev/full");
    Process shell =
        new ProcessBuilder("sh", "-c", shell(arguments.split(" ", -1)) + " > /dev/full").start();
    String err = new String(shell.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(exitCode(shell)).as(err).isEqualTo(1);
    assertThat(err)
        .contains("standard output cannot be written", "No space left on device")
        .doesNotContain("\tat ");
  }

  @Test
  void whatAStreamWasAnsweredBeforeAnInterruptIsKept() throws IOException, InterruptedException {
    assumeInterruptsArrive();
    Path pack = folder.resolve("streamed");
    Run trained =
        Run.of(
            "train",
            "--model",
            "bert-mini",
            "--train",
            reviews.toString(),
            "--dev",
            reviews.toString(),
            "--text",
            "text",
            "--label",
            "label",
            "--method",
            "head-only",
            "--epochs",
            "1",
            "--precision",
            "fp32",
            "--out",
            pack.toString());
    assertThat(trained.code()).as(trained.err()).isZero();
    Path output = Files.writeString(folder.resolve("answers.jsonl"), "before\n");
    Process stream =
        start(
            "predict",
            "--model",
            "bert-mini",
            "--pack",
            pack.toString(),
            "--input",
            "-",
            "--output",
            output.toString());
    try (OutputStream in = stream.getOutputStream()) {
      in.write("Lovely.\nDull.\n".getBytes(StandardCharsets.UTF_8));
      in.flush();
      awaitAnswers(stream);
      Process kill = new ProcessBuilder("kill", "-INT", Long.toString(stream.pid())).start();
      assertThat(exitCode(kill)).isZero();
      String err = new String(stream.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(exitCode(stream)).as(err).isEqualTo(130);
      assertThat(err).contains("first 2 lines", folder.resolve("answers.jsonl.part") + "");
    }
    assertThat(output).hasContent("before");
    assertThat(Files.readAllLines(folder.resolve("answers.jsonl.part"))).hasSize(2);
  }

  /**
   * Interrupts are sent with kill. A shell starts what it puts into the background with interrupts
   * ignored, and processes hand that down.
   */
  private static void assumeInterruptsArrive() throws IOException {
    assumeTrue(File.separatorChar == '/', "signals are sent with kill");
    Path status = Path.of("/proc/self/status");
    if (Files.exists(status)) {
      boolean ignored =
          Files.readAllLines(status).stream()
              .filter(line -> line.startsWith("SigIgn:"))
              .anyMatch(
                  line ->
                      (Long.parseUnsignedLong(line.substring("SigIgn:".length()).strip(), 16) & 2)
                          != 0);
      assumeFalse(ignored, "this process was started with interrupts ignored");
    }
  }

  /** Waits until two lines lie in the file that is not complete yet. */
  private static void awaitAnswers(Process stream) throws IOException, InterruptedException {
    for (int tries = 0; tries < 50 * PATIENCE_SECONDS && stream.isAlive(); tries++) {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          boolean aside = file.getFileName().toString().startsWith(".answers.jsonl");
          if (aside && Files.readString(file, StandardCharsets.UTF_8).lines().count() == 2) {
            return;
          }
        }
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }
}
