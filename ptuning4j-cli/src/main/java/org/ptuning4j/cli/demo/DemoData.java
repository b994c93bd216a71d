package org.ptuning4j.cli.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The demo's data sets: English sentences that this project generates itself from its own words,
 * always the same ones. {@code sentiment} asks whether a short review is positive or negative,
 * {@code warmer} which of two sentences tells of the warmer day.
 */
public final class DemoData {

  private static final int TRAIN_ROWS = 1200;
  private static final int DEV_ROWS = 300;
  private static final long REVIEW_SEED = 20_240_607L;
  private static final long WEATHER_SEED = 20_240_608L;

  private final List<DemoTask> tasks;

  /** Generates all tasks, which takes some ten milliseconds. */
  public DemoData() {
    tasks =
        List.of(
            ReviewTask.generate(REVIEW_SEED, TRAIN_ROWS, DEV_ROWS),
            WeatherTask.generate(WEATHER_SEED, TRAIN_ROWS, DEV_ROWS));
  }

  /** Returns the tasks, the single-text one first and the pair one after it. */
  public List<DemoTask> tasks() {
    return tasks;
  }

  /**
   * Writes {@code NAME-train.jsonl} and {@code NAME-dev.jsonl} for every task, one JSON object per
   * line with the task's text columns and its label column. Files of the same names are replaced.
   *
   * @param folder where to write; created when it is not there
   * @throws IOException when the folder or a file cannot be written
   */
  public void writeTo(Path folder) throws IOException {
    Files.createDirectories(folder);
    for (DemoTask task : tasks) {
      write(folder.resolve(task.name() + "-train.jsonl"), task, task.train());
      write(folder.resolve(task.name() + "-dev.jsonl"), task, task.dev());
    }
  }

  private static void write(Path file, DemoTask task, List<DemoRow> rows) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (DemoRow row : rows) {
      lines.append('{');
      for (int column = 0; column < task.textColumns().size(); column++) {
        appendField(lines, task.textColumns().get(column), row.texts().get(column)).append(", ");
      }
      appendField(lines, task.labelColumn(), row.label()).append("}\n");
    }
    Files.writeString(file, lines, StandardCharsets.UTF_8);
  }

  /** Appends a JSON member; a row's texts need no escaping, {@link DemoRow} sees to that. */
  private static StringBuilder appendField(StringBuilder line, String name, String value) {
    return line.append('"').append(name).append("\": \"").append(value).append('"');
  }
}
