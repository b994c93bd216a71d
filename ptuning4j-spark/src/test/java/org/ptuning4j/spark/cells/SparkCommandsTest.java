package org.ptuning4j.spark.cells;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.spark.SparkApplication;

/** ptune with {@code --spark}, as a process, comes to what it comes to without. */
@Tag("long")
class SparkCommandsTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PATIENCE_MINUTES = 15;

  @TempDir Path temp;

  @BeforeEach
  void data() throws IOException {
    write("train.jsonl", 48);
    write("dev.jsonl", 16);
  }

  private void write(String file, int rows) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < rows; i++) {
      boolean good = i % 3 == 0;
      text.append(
          "{\"text\": \"the %s fox %d\", \"label\": \"%s\"}%n"
              .formatted(good ? "quick" : "lazy", i * 7 % 53, good ? "yes" : "no"));
    }
    Files.writeString(temp.resolve(file), text, StandardCharsets.UTF_8);
  }

  /** Runs ptune as its launcher does, with what Spark needs of Java. */
  private void ptune(String log, List<String> arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(each -> each.startsWith("--add-opens") || each.startsWith("-X"))
        .forEach(command::add);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add("org.ptuning4j.cli.Main");
    command.addAll(arguments);
    File output = temp.resolve(log).toFile();
    ProcessBuilder builder = new ProcessBuilder(command).directory(temp.toFile());
    builder.environment().put("OMP_NUM_THREADS", "1");
    builder.environment().put("OPENBLAS_NUM_THREADS", "1");
    Process process = builder.redirectErrorStream(true).redirectOutput(output).start();
    assertThat(process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(output.toPath())).isZero();
  }

  private List<String> common(String command, String out) {
    return new ArrayList<>(
        List.of(
            command,
            "--model",
            SparkApplication.model(),
            "--text",
            "text",
            "--label",
            "label",
            "--train",
            "train.jsonl",
            "--dev",
            "dev.jsonl",
            "--batch",
            "8",
            "--precision",
            "fp32",
            "--out",
            out));
  }

  private static List<String> with(List<String> arguments, String... more) {
    List<String> all = new ArrayList<>(arguments);
    all.addAll(List.of(more));
    return all;
  }

  /** The packs of all runs below a folder, by their places in it. */
  private List<Path> packs(String out) throws IOException {
    try (Stream<Path> files = Files.walk(temp.resolve(out))) {
      return files
          .filter(file -> file.endsWith("pack/prompt.safetensors"))
          .map(file -> temp.resolve(out).relativize(file))
          .sorted()
          .toList();
    }
  }

  private void requireSame(String here, String there, int atLeast) throws IOException {
    assertThat(packs(there)).isEqualTo(packs(here)).hasSizeGreaterThanOrEqualTo(atLeast);
    for (Path pack : packs(here)) {
      assertThat(temp.resolve(there).resolve(pack))
          .hasSameBinaryContentAs(temp.resolve(here).resolve(pack));
    }
  }

  @Test
  void aComparisonOnExecutorsHasTheCellsOfOneMachine() throws Exception {
    String[] cells = {"--methods", "p-tuning-v2,head-only", "--seeds", "2", "--epochs", "1"};
    ptune("here.log", with(common("compare", "here/study"), cells));
    List<String> there = with(with(common("compare", "there/study"), cells), "--spark");
    there.add("local-cluster[2,1,1024]");
    ptune("there.log", there);
    requireSame("here", "there", 4);
    ptune("again.log", there);
    assertThat(temp.resolve("again.log")).content().contains("(finished before)");
  }

  @Test
  void aSearchOnExecutorsHasTheTrialsOfOneMachine() throws Exception {
    String[] budget = {"--trials", "5", "--final-seeds", "2", "--epochs", "3"};
    ptune("here.log", with(common("search", "here"), budget));
    List<String> there = with(common("search", "there"), budget);
    ptune("there.log", with(there, "--spark", "local-cluster[2,1,1024]"));
    requireSame("here", "there", 5);
    JsonNode one = JSON.readTree(temp.resolve("here/search.json").toFile());
    JsonNode other = JSON.readTree(temp.resolve("there/search.json").toFile());
    assertThat(other.path("trials")).hasSize(5);
    for (int i = 0; i < one.path("trials").size(); i++) {
      assertThat(other.path("trials").get(i).path("settings"))
          .isEqualTo(one.path("trials").get(i).path("settings"));
    }
    assertThat(other.path("winner").path("settings"))
        .isEqualTo(one.path("winner").path("settings"));
  }
}
