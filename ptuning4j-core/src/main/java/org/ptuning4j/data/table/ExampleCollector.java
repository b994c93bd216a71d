package org.ptuning4j.data.table;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.MissingAnswerException;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.Source;
import org.ptuning4j.data.input.FileFormat;
import org.ptuning4j.data.input.InputFile;

/** Collects the examples and bad rows of a file while it is being read. */
public final class ExampleCollector<E extends Example> {

  /** What is written in JSON, whatever its objects hold. */
  private static final List<FileFormat> JSON =
      List.of(
          FileFormat.AUTO,
          FileFormat.JSONL,
          FileFormat.SQUAD,
          FileFormat.MULTIRC,
          FileFormat.RECORD);

  private final List<E> examples = new ArrayList<>();
  private final List<BadRow> badRows = new ArrayList<>();

  /** Reads a file of JSON objects, each of which may hold several examples. */
  public static <E extends Example> Examples<E> fromJson(
      InputFile file, BiConsumer<Row, ExampleCollector<E>> record) {
    FileFormat set = file.settings().format();
    if (!JSON.contains(set)) {
      throw InvalidInputException.of(
          "format: %s does not hold such records; JSON does (%s)",
          set.label(), FileFormat.labels(JSON));
    }
    Table table = new TableReader().read(file.with(file.settings().withFormat(FileFormat.JSONL)));
    ExampleCollector<E> collector = new ExampleCollector<>();
    table.badRows().forEach(collector::bad);
    for (Row row : table.rows()) {
      collector.orBad(row.source(), "", () -> record.accept(row, collector));
    }
    return Examples.of(table, collector.examples, collector.sortedBadRows());
  }

  /** Adds all examples that a part of the file holds, or else one bad row. */
  public void take(Source source, String where, Supplier<List<E>> part) {
    orBad(source, where, () -> examples.addAll(part.get()));
  }

  /** Adds a bad row. */
  public void bad(int line, String cause) {
    bad(new BadRow(line, cause));
  }

  /** Adds a bad row. */
  public void bad(BadRow badRow) {
    badRows.add(badRow);
  }

  /** Whether nothing has been added, good or bad. */
  public boolean isEmpty() {
    return examples.isEmpty() && badRows.isEmpty();
  }

  /**
   * What was collected, the bad rows in the order of their places.
   *
   * @param format how the file was read
   */
  public Examples<E> examples(Path file, String fingerprint, FileFormat format) {
    return new Examples<>(
        file, fingerprint, examples, sortedBadRows(), Optional.empty(), Optional.of(format));
  }

  private List<BadRow> sortedBadRows() {
    badRows.sort(Comparator.comparing(BadRow::source));
    return badRows;
  }

  private void orBad(Source source, String where, Runnable part) {
    try {
      part.run();
    } catch (MissingAnswerException e) {
      bad(source.bad(where + e.getMessage(), BadRow.Lack.ANSWER));
    } catch (InvalidInputException e) {
      bad(source.bad(where + e.getMessage()));
    }
  }
}
