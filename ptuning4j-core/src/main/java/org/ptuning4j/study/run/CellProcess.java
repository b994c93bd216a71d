package org.ptuning4j.study.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.ptuning4j.InvalidInputException;

/**
 * The inside of a process that trains one cell for {@link CellProcesses}: reads what is asked for,
 * trains, and tells what happens.
 */
public final class CellProcess {

  /** The line that ends the training after its step; the end of the input does the same. */
  static final String STOP = "stop";

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * The first line of the input: what the cell is, as its study planned it, and its folders. The
   * process makes the same plan from the same command, and a file of settings may have been changed
   * in the meantime.
   *
   * @param what {@link StudyRun#described}
   * @param own the folder of its own run
   * @param together the folder of the training that it starts from; null without one
   */
  record Request(Map<String, String> what, String own, String together) {

    static Request of(StudyRun run, CellFolders folders) {
      return new Request(
          run.described(),
          folders.own().toString(),
          folders.together().map(Path::toString).orElse(null));
    }

    /** Refuses to train anything but what was planned. */
    void requireSame(StudyRun run) {
      Map<String, String> now = run.described();
      Set<String> names = new TreeSet<>(what.keySet());
      names.addAll(now.keySet());
      for (String name : names) {
        if (!Objects.equals(what.get(name), now.get(name))) {
          throw InvalidInputException.of(
              "%s: it was %s when the study began and is %s now; start the study again, and it"
                  + " goes on with the settings as they are",
              name, what.get(name), now.get(name));
        }
      }
    }

    CellFolders folders() {
      return new CellFolders(Path.of(own), Optional.ofNullable(together).map(Path::of));
    }

    String line() {
      try {
        return JSON.writeValueAsString(this);
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("a request is plain data", e);
      }
    }
  }

  private final BufferedReader in;
  private final CellEvents events;

  /**
   * A process's own ends.
   *
   * @param in what the process that started this one writes
   * @param out what it reads; nothing else may be written there
   */
  public CellProcess(InputStream in, PrintStream out) {
    this.in = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    this.events = new CellEvents(out);
  }

  /**
   * Trains a run as it is asked for. What is wrong with what was given is told to the other
   * process.
   *
   * @param cells trains it; may be stopped by others too
   */
  public void train(CellRunner cells, StudyRun run) {
    Request request = request();
    Thread listening = new Thread(() -> stopWhenTold(cells), "stop-when-told");
    listening.setDaemon(true);
    listening.start();
    events.send(last(cells, run, request));
  }

  private CellEvent last(CellRunner cells, StudyRun run, Request request) {
    try {
      request.requireSame(run);
      return cells
          .train(run, request.folders(), events)
          .<CellEvent>map(CellEvent.Trained::new)
          .orElseGet(CellEvent.Stopped::new);
    } catch (InvalidInputException e) {
      return new CellEvent.Refused(String.valueOf(e.getMessage()));
    }
  }

  private Request request() {
    try {
      String line = in.readLine();
      if (line == null) {
        throw new InvalidInputException("a cell's process is started by a study only");
      }
      return JSON.readValue(line, Request.class);
    } catch (IOException e) {
      throw new InvalidInputException("a cell's process is started by a study only", e);
    }
  }

  private void stopWhenTold(CellRunner cells) {
    try {
      String line = in.readLine();
      while (line != null && !line.equals(STOP)) {
        line = in.readLine();
      }
    } catch (IOException e) {
      // As if the input had ended: the process that started this one is gone.
    }
    cells.stop();
  }
}
