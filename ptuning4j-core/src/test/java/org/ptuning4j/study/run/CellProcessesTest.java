package org.ptuning4j.study.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.TinyModel;
import org.ptuning4j.study.Study;
import org.ptuning4j.study.cell.Cell;
import org.ptuning4j.train.run.TrainingListener;

/** Cells in processes of their own: the same results, told in the same way. */
class CellProcessesTest {

  @TempDir Path temp;
  private Path train;
  private Path dev;

  @BeforeEach
  void write() {
    train = TinyModel.data(temp.resolve("train.jsonl"), 24, 1);
    dev = TinyModel.data(temp.resolve("dev.jsonl"), 12, 2);
  }

  /** What a run told, times apart. */
  private static class Watcher implements TrainingListener {
    final List<Object> told = new ArrayList<>();

    @Override
    public void started(Start start) {
      told.add(start);
    }

    @Override
    public void stepped(Step step) {
      told.add(List.of(step.step(), step.epoch(), step.loss(), step.learningRate()));
    }

    @Override
    public void evaluated(Evaluated evaluated) {
      told.add(List.of(evaluated.epoch(), evaluated.devLoss(), evaluated.metrics()));
    }

    @Override
    public void warned(String message) {
      told.add(message);
    }
  }

  private CellProcesses processes(String mode) {
    return new CellProcesses(
        run ->
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                CellProcessMain.class.getName(),
                train.toString(),
                dev.toString(),
                mode));
  }

  private StudyRun run() {
    return CellProcessMain.run(train, dev);
  }

  private Study study(String name, CellRunner runner) {
    return Study.open(temp.resolve(name), false, runner);
  }

  private static Cell.Finished finished(Optional<Cell> cell) {
    assertThat(cell).get().isInstanceOf(Cell.Finished.class);
    return (Cell.Finished) cell.orElseThrow();
  }

  @Test
  void theResultAndWhatIsToldAreThoseOfThisProcess() {
    Watcher here = new Watcher();
    Watcher there = new Watcher();
    Cell.Finished own;
    Cell.Finished other;
    try (Study study = study("here", new LocalCells())) {
      own = finished(study.run(run(), here));
    }
    try (Study study = study("there", processes("noise"))) {
      other = finished(study.run(run(), there));
    }
    assertThat(here.told).hasSizeGreaterThan(8);
    assertThat(there.told).isEqualTo(here.told);
    assertThat(other.value()).isEqualTo(own.value());
    assertThat(other.metrics()).isEqualTo(own.metrics());
    assertThat(other.curve()).isEqualTo(own.curve());
    assertThat(other.trainableParameters()).isEqualTo(own.trainableParameters());
    assertThat(other.folder()).isEqualTo(own.folder());
    assertThat(temp.resolve("there").resolve(other.folder()).resolve("pack")).exists();
  }

  @Test
  @Tag("ci")
  void aStoppedRunIsSavedAndGoesOn() {
    Cell.Finished whole;
    try (Study study = study("whole", new LocalCells())) {
      whole = finished(study.run(run(), TrainingListener.silent()));
    }
    try (Study study = study("stopped", processes("plain"))) {
      TrainingListener stopping =
          new TrainingListener() {
            @Override
            public void started(Start start) {
              study.stop();
            }
          };
      assertThat(study.run(run(), stopping)).isEmpty();
      assertThat(study.all()).isEmpty();
      assertThat(study.isBegun(run())).isTrue();
      assertThat(study.run(run(), stopping)).as("stopped means stopped").isEmpty();
    }
    Watcher resumed = new Watcher();
    try (Study study = study("stopped", processes("plain"))) {
      Cell.Finished cell = finished(study.run(run(), resumed));
      assertThat(cell.value()).isEqualTo(whole.value());
      assertThat(cell.curve()).isEqualTo(whole.curve());
    }
  }

  @Test
  @Tag("ci")
  void whatIsWrongWithTheDataIsTheCause() throws IOException {
    Files.writeString(train, "{\"text\": \"no label\"}\n", StandardCharsets.UTF_8);
    List<String> causes = new ArrayList<>();
    for (CellRunner runner : List.of(new LocalCells(), processes("plain"))) {
      try (Study study = study("failing" + causes.size(), runner)) {
        Cell cell = study.run(run(), TrainingListener.silent()).orElseThrow();
        assertThat(cell).isInstanceOf(Cell.Failed.class);
        causes.add(((Cell.Failed) cell).cause());
      }
    }
    assertThat(causes.get(0)).contains("train.jsonl", "label");
    assertThat(causes.get(1)).isEqualTo(causes.get(0));
  }

  /** Ends the cell's process alone, at its first step. */
  private record Ending(Consumer<ProcessHandle> signal) implements TrainingListener {
    @Override
    public void stepped(Step step) {
      ProcessHandle.current().children().forEach(signal);
    }
  }

  /** A signal to the cell's process alone, be it a kill, does not stop the study. */
  @Test
  @Tag("ci")
  void aProcessThatDiesIsAFailedCellThatIsTriedAgain() {
    try (Study study = study("dying", processes("plain"))) {
      Cell killed = study.run(run(), new Ending(ProcessHandle::destroyForcibly)).orElseThrow();
      assertThat(((Cell.Failed) killed).cause()).contains("signal 9", "memory");
      assertThat(study.find(run())).isEmpty();
    }
    // In this process, which takes less time than another one of its own.
    try (Study study = study("dying", new LocalCells())) {
      finished(study.run(run(), TrainingListener.silent()));
    }
  }

  @Test
  @Tag("ci")
  void soIsOneThatIsAskedToEnd() {
    try (Study study = study("ending", processes("plain"))) {
      Cell ended = study.run(run(), new Ending(ProcessHandle::destroy)).orElseThrow();
      assertThat(((Cell.Failed) ended).cause()).contains("signal 15");
      assertThat(study.find(run())).isEmpty();
      finished(study.run(run(), TrainingListener.silent()));
    }
  }

  @Test
  void aProcessThatEndsByItselfIsAFailedCell() {
    try (Study study = study("halting", processes("halt"))) {
      Cell halted = study.run(run(), TrainingListener.silent()).orElseThrow();
      assertThat(((Cell.Failed) halted).cause()).contains("exit code 3");
    }
  }

  /** Settings are read anew by each process, from files that may have been changed. */
  @Test
  void aProcessThatWouldTrainSomethingElseRefuses() {
    try (Study study = study("changed", processes("other-seed"))) {
      Cell cell = study.run(run(), TrainingListener.silent()).orElseThrow();
      assertThat(((Cell.Failed) cell).cause())
          .startsWith("config.seed: it was " + run().seed())
          .contains("is 99 now", "start the study again");
    }
  }

  /** A listener may fail, as on a closed pipe: the process then does not go on unwatched. */
  @Test
  @Tag("ci")
  void aFailingListenerEndsTheProcessInOrder() {
    TrainingListener failing =
        new TrainingListener() {
          @Override
          public void started(Start start) {
            throw new IllegalStateException("nobody listens");
          }
        };
    try (Study study = study("deaf", processes("plain"))) {
      assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> study.run(run(), failing)))
          .hasMessage("nobody listens");
      assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive)).isEmpty();
      assertThat(study.isBegun(run())).isTrue();
    }
  }
}
