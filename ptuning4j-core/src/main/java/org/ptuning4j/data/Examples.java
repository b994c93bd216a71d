package org.ptuning4j.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.input.FileFormat;
import org.ptuning4j.data.table.Table;

/**
 * What a task makes of a data file.
 *
 * @param <E> what one example is
 * @param file where it came from
 * @param fingerprint {@code sha256:} and the hash of the file's bytes
 * @param examples the usable examples in the file's order
 * @param badRows what could not be used, in the order of the lines: records that could not be read
 *     and records that the task could not use
 * @param table the table that they were made of; empty where the file is none
 * @param format how the file was read, whatever it is called; empty where that is a format that
 *     only the task knows
 */
public record Examples<E extends Example>(
    Path file,
    String fingerprint,
    List<E> examples,
    List<BadRow> badRows,
    Optional<Table> table,
    Optional<FileFormat> format) {

  /** Copies the lists. */
  public Examples {
    examples = List.copyOf(examples);
    badRows = List.copyOf(badRows);
    Objects.requireNonNull(table, "table");
    Objects.requireNonNull(format, "format");
  }

  /** Examples of a file in a format that only the task knows. */
  public Examples(Path file, String fingerprint, List<E> examples, List<BadRow> badRows) {
    this(file, fingerprint, examples, badRows, Optional.empty(), Optional.empty());
  }

  /** Examples made of a table. */
  public static <E extends Example> Examples<E> of(
      Table table, List<E> examples, List<BadRow> badRows) {
    return new Examples<>(
        table.file(),
        table.fingerprint(),
        examples,
        badRows,
        Optional.of(table),
        Optional.of(table.format()));
  }

  /** The same file with other examples, where some of them became bad rows. */
  public Examples<E> with(List<E> newExamples, List<BadRow> newBadRows) {
    return new Examples<>(file, fingerprint, newExamples, newBadRows, table, format);
  }

  /**
   * The examples, if the policy lets the file through.
   *
   * @return at least one example
   * @throws InvalidInputException where {@link BadRowPolicy#REFUSE} meets a bad row, or no example
   *     is left
   */
  public List<E> usable(BadRowPolicy policy) {
    policy.apply(file, badRows);
    if (examples.isEmpty()) {
      String bad = badRows.isEmpty() ? "" : "; the first bad one is " + badRows.get(0);
      throw InvalidInputException.of("%s has no usable row%s", file, bad);
    }
    return examples;
  }
}
