package org.ptuning4j.study.run;

import java.io.File;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.ptuning4j.InvalidInputException;

/**
 * The training of a cell in words that can be sent to another machine, which has the same program,
 * models and data at the same places, and the study's folder.
 *
 * @param command the program and its arguments; Java is the other machine's own
 * @param request what the program is told to train
 * @param directory where it is started
 */
public record CellTask(List<String> command, String request, String directory)
    implements Serializable {

  private static final long POLL_MILLIS = 200;

  /** Copies the list. */
  public CellTask {
    command = new ArrayList<>(command); // a serializable one
  }

  /** A run's task, to be started in this process's own directory. */
  public static CellTask of(List<String> command, StudyRun run, CellFolders folders) {
    Path here = Path.of("").toAbsolutePath();
    CellFolders absolute =
        new CellFolders(here.resolve(folders.own()), folders.together().map(here::resolve));
    return new CellTask(command, CellProcess.Request.of(run, absolute).line(), here.toString());
  }

  /**
   * Trains it in a process of its own, on this machine.
   *
   * @param stops asked now and then: whether it is to end after its step
   */
  public CellReport run(BooleanSupplier stops) {
    RunningCell cell = RunningCell.start(builder(), request);
    Thread watching = new Thread(() -> watch(cell, stops), "stop-cell");
    watching.setDaemon(true);
    watching.start();
    List<String> lines = new ArrayList<>();
    try {
      int code = cell.follow(line -> keep(line, lines));
      return new CellReport(lines, code);
    } catch (IOException e) {
      throw new UncheckedIOException("what a cell's process says cannot be read", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a cell was trained", e);
    } finally {
      cell.end();
      watching.interrupt();
    }
  }

  private ProcessBuilder builder() {
    List<String> own = new ArrayList<>(command);
    own.set(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ProcessBuilder builder = new ProcessBuilder(own);
    File place = new File(directory);
    if (!place.isDirectory()) {
      throw InvalidInputException.of(
          "there is no folder %s at this machine; a study's folders have to be the same on all",
          directory);
    }
    return builder.directory(place);
  }

  private static void watch(RunningCell cell, BooleanSupplier stops) {
    try {
      while (!stops.getAsBoolean()) {
        Thread.sleep(POLL_MILLIS);
      }
      cell.tell(CellProcess.STOP);
    } catch (InterruptedException e) {
      // The cell is over.
    }
  }

  /** Steps are many, and of no interest afterwards. */
  private static void keep(String line, List<String> lines) {
    CellEvents.read(line)
        .filter(event -> !(event instanceof CellEvent.Stepped))
        .ifPresent(event -> lines.add(line));
  }
}
