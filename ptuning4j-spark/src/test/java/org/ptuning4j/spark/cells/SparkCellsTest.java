package org.ptuning4j.spark.cells;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.Extensions;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.spark.SparkApplication;
import org.ptuning4j.study.Study;
import org.ptuning4j.study.cell.Cell;
import org.ptuning4j.study.run.CellRunner;
import org.ptuning4j.study.run.CellRunnerProvider;
import org.ptuning4j.study.run.LocalCells;
import org.ptuning4j.study.run.StudyRun;
import org.ptuning4j.train.run.TrainingListener;

/** A study on Spark has the cells that it has in one process. */
class SparkCellsTest {

  @TempDir Path temp;

  @BeforeEach
  void data() throws Exception {
    write("train.jsonl", 40);
    write("dev.jsonl", 12);
  }

  private void write(String file, int rows) throws Exception {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < rows; i++) {
      boolean good = i % 3 == 0;
      text.append(
          "{\"sentence\": \"the %s fox %d\", \"answer_is\": \"%s\"}%n"
              .formatted(good ? "quick" : "lazy", i * 7 % 23, good ? "yes" : "no"));
    }
    Files.writeString(temp.resolve(file), text);
  }

  private List<String> arguments(String method, int seed) {
    return List.of(
        SparkApplication.model(),
        temp.resolve("train.jsonl").toString(),
        temp.resolve("dev.jsonl").toString(),
        method,
        Integer.toString(seed));
  }

  private List<String> command(StudyRun run) {
    List<String> command = new ArrayList<>(List.of("java", "-Xmx512m", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(CellProgram.class.getName());
    command.addAll(arguments(run.method(), (int) run.seed()));
    return command;
  }

  private List<StudyRun> plan(String... methods) {
    return List.of(methods).stream().map(method -> CellProgram.run(arguments(method, 11))).toList();
  }

  private CellRunner onSpark(String master) {
    return Extensions.of(CellRunnerProvider.class).stream()
        .filter(provider -> provider.name().equals("spark"))
        .findFirst()
        .orElseThrow()
        .runner(master, this::command);
  }

  @Test
  void cellsSideBySideAreThoseOfOneProcess() throws Exception {
    compare("local[2]", plan("p-tuning-v2", "head-only"));
  }

  @Test
  @Tag("long")
  void cellsOnExecutorsOfTheirOwn() throws Exception {
    compare("local-cluster[2,1,1024]", plan("p-tuning-v2", "head-only", "bitfit"));
  }

  private void compare(String master, List<StudyRun> plan) throws Exception {
    Map<String, Double> expected = new java.util.TreeMap<>();
    try (Study here = Study.open(temp.resolve("here"), false, new LocalCells())) {
      for (StudyRun run : plan) {
        Cell.Finished cell = (Cell.Finished) here.run(run, TrainingListener.silent()).orElseThrow();
        expected.put(run.method(), cell.curve().get(1).trainLoss());
      }
    }
    try (Study there = Study.open(temp.resolve("there"), false, onSpark(master))) {
      assertThat(there.atOnce()).isEqualTo(2);
      List<Cell> cells = sideBySide(there, plan);
      assertThat(cells).hasSameSizeAs(plan);
      for (Cell each : cells) {
        Cell.Finished cell = (Cell.Finished) each;
        assertThat(cell.curve().get(1).trainLoss()).isEqualTo(expected.get(cell.method()));
        assertThat(temp.resolve("there").resolve(cell.folder()).resolve("pack")).exists();
      }
      for (StudyRun run : plan) {
        assertThat(there.find(run)).isPresent(); // it is not trained again
      }
    }
  }

  private static List<Cell> sideBySide(Study study, List<StudyRun> plan) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(study.atOnce());
    try {
      List<Future<Cell>> futures = new ArrayList<>();
      for (StudyRun run : plan) {
        futures.add(threads.submit(() -> study.run(run, TrainingListener.silent()).orElseThrow()));
      }
      List<Cell> cells = new ArrayList<>();
      for (Future<Cell> future : futures) {
        cells.add(future.get());
      }
      return cells;
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void aClusterThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> onSpark("no-such-master"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("spark: no application can be started on no-such-master");
  }
}
