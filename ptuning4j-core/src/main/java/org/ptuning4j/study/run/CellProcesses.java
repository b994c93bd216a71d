package org.ptuning4j.study.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.ptuning4j.train.run.TrainingListener;

/**
 * Trains each cell in a process of its own, in which {@link CellProcess} runs. So the most memory
 * that a cell's process held is the cell's own, and a cell that the system ends for want of memory
 * is a failed cell and not the end of the study.
 *
 * <p>A process is told what to train and when to stop on its standard input, and tells what happens
 * on its standard output; its standard error is this process's. If this process ends without a
 * word, the other finds its input closed, saves its run and ends as well.
 */
public final class CellProcesses implements CellRunner {

  private final Function<StudyRun, List<String>> command;
  private volatile boolean stopped;
  private volatile RunningCell current;

  /**
   * Cells that are trained by a command.
   *
   * @param command the program and its arguments that make the same run and give it to {@link
   *     CellProcess}
   */
  public CellProcesses(Function<StudyRun, List<String>> command) {
    this.command = command;
  }

  @Override
  public void stop() {
    stopped = true;
    RunningCell running = current;
    if (running != null) {
      running.tell(CellProcess.STOP);
    }
  }

  @Override
  public Optional<CellOutcome> train(StudyRun run, CellFolders folders, TrainingListener listener) {
    if (stopped) {
      return Optional.empty();
    }
    RunningCell cell =
        RunningCell.start(
            new ProcessBuilder(command.apply(run)), CellProcess.Request.of(run, folders).line());
    try {
      current = cell;
      if (stopped) {
        cell.tell(CellProcess.STOP); // it came between two cells
      }
      return outcome(cell, listener);
    } catch (IOException e) {
      throw new UncheckedIOException("what a cell's process says cannot be read", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } finally {
      current = null;
      cell.end();
    }
  }

  private Optional<CellOutcome> outcome(RunningCell cell, TrainingListener listener)
      throws IOException, InterruptedException {
    AtomicReference<CellEvent.Last> last = new AtomicReference<>();
    int code =
        cell.follow(
            line ->
                CellEvents.read(line)
                    .ifPresent(
                        event -> {
                          if (event instanceof CellEvent.Told told) {
                            told.tell(listener);
                          } else if (event instanceof CellEvent.Last said) {
                            last.set(said);
                          }
                        }));
    return RunningCell.outcome(Optional.ofNullable(last.get()), code, stopped);
  }
}
