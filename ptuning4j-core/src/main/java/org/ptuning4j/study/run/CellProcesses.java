package org.ptuning4j.study.run;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.train.run.TrainingListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

  private static final Logger LOG = LoggerFactory.getLogger(CellProcesses.class);

  /** What the exit code of a process is above that a signal ended. */
  private static final int SIGNALLED = 128;

  private static final int KILLED = 9;

  private final Function<StudyRun, List<String>> command;
  private final Object writing = new Object();
  private volatile boolean stopped;
  private volatile Process current;

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
    Process running = current;
    if (running != null) {
      tell(running, CellProcess.STOP);
    }
  }

  @Override
  public Optional<CellOutcome> train(StudyRun run, CellFolders folders, TrainingListener listener) {
    if (stopped) {
      return Optional.empty();
    }
    Process process = start(command.apply(run));
    try {
      current = process;
      tell(process, CellProcess.Request.of(run, folders).line());
      if (stopped) {
        tell(process, CellProcess.STOP); // it came between two cells
      }
      return outcome(process, listener);
    } catch (IOException e) {
      throw new UncheckedIOException("what a cell's process says cannot be read", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } finally {
      current = null;
      end(process);
    }
  }

  private static Process start(List<String> command) {
    try {
      return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    } catch (IOException e) {
      throw new UncheckedIOException(
          "a process for a cell cannot be started: " + FailureReason.of(e), e);
    }
  }

  /** Writes a line to a process. One that is gone is noticed by the end of its output. */
  private void tell(Process process, String line) {
    synchronized (writing) {
      try {
        process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
      } catch (IOException e) {
        LOG.debug("A cell's process does not listen any more", e);
      }
    }
  }

  private Optional<CellOutcome> outcome(Process process, TrainingListener listener)
      throws IOException, InterruptedException {
    Optional<CellEvent.Last> last = Optional.empty();
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Optional<CellEvent> event = CellEvents.read(line);
        if (event.isPresent() && event.get() instanceof CellEvent.Told told) {
          told.tell(listener);
        } else if (event.isPresent() && event.get() instanceof CellEvent.Last said) {
          last = Optional.of(said);
        }
      }
    }
    int code = process.waitFor();
    boolean unfinished = last.isEmpty() || last.get() instanceof CellEvent.Stopped;
    if (unfinished && !stopped) {
      throw new InvalidInputException(ending(code)); // that process alone was ended from outside
    }
    return last.flatMap(CellEvent.Last::outcome);
  }

  private static String ending(int code) {
    String again = "; tried again, the run goes on from its last checkpoint";
    if (code == SIGNALLED + KILLED) {
      return "the run's process was killed (signal 9), as the system does when memory runs out"
          + again;
    }
    return code > SIGNALLED
        ? "the run's process was ended by signal " + (code - SIGNALLED) + again
        : "the run's process ended with exit code " + code + "; what it said is above" + again;
  }

  /** Waits for a process, which saves its run and ends when its input is closed. */
  private static void end(Process process) {
    try {
      process.getOutputStream().close();
      process.waitFor();
    } catch (IOException e) {
      LOG.debug("A cell's process has closed its input", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
