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

/** The examples and bad rows of a file while it is being read. */
public final class Gathered<E extends Example> {

  private final List<E> examples = new ArrayList<>();
  private final List<BadRow> badRows = new ArrayList<>();

  /** Reads a file of one JSON object a line, each of which may hold several examples. */
  public static <E extends Example> Examples<E> fromJsonLines(
      TableReader lines, Path file, BiConsumer<Row, Gathered<E>> record) {
    Table table = lines.read(file, TableFormat.JSONL);
    Gathered<E> gathered = new Gathered<>();
    gathered.badRows.addAll(table.badRows());
    for (Row row : table.rows()) {
      gathered.orBad(row.line(), "", () -> record.accept(row, gathered));
    }
    Examples<E> read = gathered.examples(file, table.fingerprint());
    return new Examples<>(
        read.file(), read.fingerprint(), read.examples(), read.badRows(), Optional.of(table));
  }

  /** Adds all examples that a part of the file holds, or else one bad row. */
  public void take(int line, String where, Supplier<List<E>> part) {
    orBad(line, where, () -> examples.addAll(part.get()));
  }

  /** Adds a bad row. */
  public void bad(BadRow row) {
    badRows.add(row);
  }

  /** Adds a bad row in which something is wrong. */
  public void bad(int line, String cause) {
    bad(new BadRow(line, cause));
  }

  /** Whether nothing has been added, good or bad. */
  public boolean isEmpty() {
    return examples.isEmpty() && badRows.isEmpty();
  }

  public Examples<E> examples(Path file, String fingerprint) {
    badRows.sort(Comparator.comparingInt(BadRow::line));
    return new Examples<>(file, fingerprint, examples, badRows);
  }

  private void orBad(int line, String where, Runnable part) {
    try {
      part.run();
    } catch (MissingAnswerException e) {
      badRows.add(new BadRow(line, where + e.getMessage(), BadRow.Lack.ANSWER));
    } catch (InvalidInputException e) {
      bad(line, where + e.getMessage());
    }
  }
}
