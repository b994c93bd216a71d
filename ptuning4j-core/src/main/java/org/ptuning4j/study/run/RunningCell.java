package org.ptuning4j.study.run;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A process in which {@link CellProcess} trains a cell, as the one that started it sees it. */
final class RunningCell {

  private static final Logger LOG = LoggerFactory.getLogger(RunningCell.class);

  /** What the exit code of a process is above that a signal ended. */
  private static final int SIGNALLED = 128;

  private static final int KILLED = 9;

  private final Process process;

  private RunningCell(Process process) {
    this.process = process;
  }

  /**
   * Starts a process and tells it what to train.
   *
   * @param request the first line of its input
   */
  static RunningCell start(ProcessBuilder builder, String request) {
    try {
      RunningCell cell =
          new RunningCell(builder.redirectError(ProcessBuilder.Redirect.INHERIT).start());
      cell.tell(request);
      return cell;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "a process for a cell cannot be started: " + FailureReason.of(e), e);
    }
  }

  /** Writes a line to the process. One that is gone is noticed by the end of its output. */
  synchronized void tell(String line) {
    try {
      process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
    } catch (IOException e) {
      LOG.debug("A cell's process does not listen any more", e);
    }
  }

  /** Passes on what the process says until it ends; returns its exit code. */
  int follow(Consumer<String> lines) throws IOException, InterruptedException {
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.accept(line);
      }
    }
    return process.waitFor();
  }

  /**
   * What the end of a process means.
   *
   * @param last what it said last of how it ended
   * @param stopped whether it was told to stop
   */
  static Optional<CellOutcome> outcome(Optional<CellEvent.Last> last, int code, boolean stopped) {
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

  /** Waits for the process, which saves its run and ends when its input is closed. */
  void end() {
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
