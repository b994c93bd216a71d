package org.ptuning4j.cli.study;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.ptuning4j.study.chart.CurvePage;
import org.ptuning4j.study.table.ComparisonTable;
import org.ptuning4j.tensor.file.AtomicFile;

/**
 * The folder with a study's tables and charts.
 *
 * @param folder where it is
 */
record StudyReport(Path folder) {

  /** Makes the folder. */
  StudyReport {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " cannot be made", e);
    }
  }

  /** The table in a format of {@code --format}. */
  static String as(String format, ComparisonTable table) {
    String text =
        switch (format) {
          case "markdown" -> table.markdown();
          case "csv" -> table.csv();
          case "json" -> table.json();
          default -> table.text();
        };
    return text.endsWith("\n") ? text : text + "\n";
  }

  /** Writes the table in every format. */
  void write(String name, ComparisonTable table) {
    write(name + ".txt", as("text", table));
    write(name + ".md", as("markdown", table));
    write(name + ".csv", as("csv", table));
    write(name + ".json", as("json", table));
  }

  /** Writes the page. */
  Path write(String name, CurvePage page) {
    Path file = folder.resolve(name + ".html");
    page.write(file);
    return file;
  }

  private void write(String name, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(folder.resolve(name), out -> out.write(bytes));
  }
}
