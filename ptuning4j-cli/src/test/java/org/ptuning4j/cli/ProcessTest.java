package org.ptuning4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as a process of its own: exit codes, signals, pipes. */
class ProcessTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PATIENCE_SECONDS = 120;

  @TempDir static Path folder;
  private static Path reviews;

  @BeforeAll
  static void writeData() throws IOException {
    reviews = TinyData.reviews(folder.resolve("reviews.jsonl"), 64);
  }

  /** The first JDK that warns of native libraries unless they are allowed. */
  private static final int NATIVE_ACCESS_SINCE = 22;

  private static List<String> command(String... args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    if (Runtime.version().feature() >= NATIVE_ACCESS_SINCE) {
      command.add("--enable-native-access=ALL-UNNAMED"); // the jar's manifest says so otherwise
    }
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add("org.ptuning4j.cli.Main");
    command.addAll(List.of(args));
    return command;
  }

  private static Process start(String... args) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command(args));
    // One thread: the threads of several trainings on a busy machine wait for each other.
    builder.environment().put("OMP_NUM_THREADS", "1");
    builder.environment().put("OPENBLAS_NUM_THREADS", "1");
    builder.environment().put("OMP_WAIT_POLICY", "PASSIVE");
    return builder.start();
  }

  private static int exitCode(Process process) throws InterruptedException {
    boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (!ended) {
      process.destroyForcibly();
    }
    assertThat(ended).as("the process ends by itself").isTrue();
    return process.exitValue();
  }

  private static String[] training(String out, String... more) {
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
                "20",
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
    assertThat(exitCode(start("--version"))).isZero();
    assertThat(exitCode(start("inspect", "bert-maxi"))).isEqualTo(2);
  }

  @Test
  void afterAnInterruptTheRunGoesOnExactly() throws IOException, InterruptedException {
    assumeTrue(File.separatorChar == '/', "signals are sent with kill");
    assertThat(exitCode(start(training("whole")))).isZero();
    Process first = start(training("interrupted"));
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

    assertThat(exitCode(start(training("interrupted", "--resume")))).isZero();
    assertThat(result("interrupted").path("steps")).isEqualTo(result("whole").path("steps"));
    assertThat(result("interrupted").path("finished").asBoolean()).isTrue();
    assertThat(weights("interrupted")).isEqualTo(weights("whole"));
  }

  private static byte[] weights(String run) throws IOException {
    return Files.readAllBytes(folder.resolve(run).resolve("pack").resolve("prompt.safetensors"));
  }

  @Test
  void aClosedPipeEndsQuietly() throws IOException, InterruptedException {
    assumeTrue(File.separatorChar == '/', "pipes are made by a shell");
    StringBuilder line = new StringBuilder();
    for (String word : command("inspect", "bert-mini", "--tensors")) {
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

  @Test
  void aFullDiskIsSaid() throws IOException, InterruptedException {
    assumeTrue(Files.exists(Path.of("/dev/full")), "/dev/full stands for a full disk");
    ProcessBuilder builder = new ProcessBuilder(command("--help"));
    Process process = builder.redirectOutput(new File("/dev/full")).start();
    assertThat(exitCode(process)).isEqualTo(1);
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(err).contains("standard output cannot be written").doesNotContain("\tat ");
  }
}
