package org.ptuning4j.study.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;
import org.ptuning4j.train.run.Decision;
import org.ptuning4j.train.run.TrainingListener;
import org.ptuning4j.train.run.TrainingResult;

/** Writes what happens in a cell's process to its standard output: one JSON object a line. */
final class CellEvents implements TrainingListener {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final PrintStream out;

  CellEvents(PrintStream out) {
    this.out = out;
  }

  void send(CellEvent event) {
    try {
      out.println(JSON.writeValueAsString(event));
      out.flush();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("events are plain data", e);
    }
  }

  /** What a line says; empty if it is no event, such as what a library prints. */
  static Optional<CellEvent> read(String line) {
    try {
      return line.startsWith("{")
          ? Optional.of(JSON.readValue(line, CellEvent.class))
          : Optional.empty();
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  @Override
  public void started(Start start) {
    send(new CellEvent.Started(start));
  }

  @Override
  public void computedOnce(ComputedOnce once) {
    send(new CellEvent.ComputedOnce(once));
  }

  @Override
  public void decided(Decision decision) {
    send(new CellEvent.Decided(decision));
  }

  @Override
  public void stepped(Step step) {
    send(new CellEvent.Stepped(step));
  }

  @Override
  public void evaluated(Evaluated evaluation) {
    send(new CellEvent.Evaluated(evaluation));
  }

  @Override
  public void remarked(String remark) {
    send(new CellEvent.Remarked(remark));
  }

  @Override
  public void noted(String note) {
    send(new CellEvent.Noted(note));
  }

  @Override
  public void warned(String message) {
    send(new CellEvent.Warned(message));
  }

  @Override
  public void finished(TrainingResult result, Path folder) {
    send(new CellEvent.Finished(result, folder.toString()));
  }
}
