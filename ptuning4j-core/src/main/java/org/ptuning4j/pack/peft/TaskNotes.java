package org.ptuning4j.pack.peft;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.pack.Pack;
import org.ptuning4j.pack.foreign.ImportSettings;
import org.ptuning4j.tensor.file.AtomicFile;

/**
 * What a pack says of its task and PEFT's files do not: labels, columns, the longest input. It is
 * in a file of its own beside them, which PEFT does not read, so that an adapter can become the
 * same pack again.
 */
final class TaskNotes {

  static final String FILE = "ptuning4j.json";

  private static final String TASK = "task";
  private static final String LONGEST = "max_length";
  private static final ObjectMapper JSON = new ObjectMapper();

  private TaskNotes() {}

  /** Writes the file into an adapter's folder. */
  static void write(Pack pack, Path folder) throws IOException {
    Map<String, Object> notes = new LinkedHashMap<>();
    notes.put(TASK, pack.facts().task());
    notes.put(LONGEST, pack.maxLength());
    byte[] json = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(notes);
    AtomicFile.write(folder.resolve(FILE), out -> out.write(json));
  }

  /**
   * What the user says, and beside it what the file says, if there is one. A user who names another
   * kind of task says all of it.
   *
   * @throws InvalidInputException if the file cannot be read
   */
  static ImportSettings with(ImportSettings given, Path folder) {
    Path file = folder.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      return given;
    }
    try {
      Fields notes = new Fields("", PeftConfig.values(file));
      Map<String, Object> task = new LinkedHashMap<>();
      notes.object(TASK).values().forEach((name, value) -> task.put(String.valueOf(name), value));
      Object kind = given.task().getOrDefault("kind", task.get("kind"));
      if (!String.valueOf(kind).equals(String.valueOf(task.get("kind")))) {
        return given;
      }
      task.putAll(given.task());
      OptionalInt longest =
          given.maxLength().isPresent() || !notes.has(LONGEST)
              ? given.maxLength()
              : OptionalInt.of(notes.integer(LONGEST));
      return new ImportSettings(task, given.sourceTask(), given.headTensors(), longest);
    } catch (InvalidInputException e) {
      throw e.in(file.toString());
    }
  }
}
