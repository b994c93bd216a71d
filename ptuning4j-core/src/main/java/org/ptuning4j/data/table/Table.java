package org.ptuning4j.data.table;

import java.nio.file.Path;
import java.util.List;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.input.FileFormat;

/**
 * A data file as read, before any task has looked at it.
 *
 * @param file where it came from
 * @param format how it is written, never {@link FileFormat#AUTO}
 * @param columnNames the header, or for JSONL every key in the order of first appearance
 * @param rows the sound records in the file's order
 * @param badRows the records that could not be read, in the file's order
 * @param fingerprint {@code sha256:} and the hash of the file's bytes as they are on disk
 */
public record Table(
    Path file,
    FileFormat format,
    List<String> columnNames,
    List<Row> rows,
    List<BadRow> badRows,
    String fingerprint) {

  /** Copies the lists. */
  public Table {
    columnNames = List.copyOf(columnNames);
    rows = List.copyOf(rows);
    badRows = List.copyOf(badRows);
  }

  Table withFingerprint(String newFingerprint) {
    return new Table(file, format, columnNames, rows, badRows, newFingerprint);
  }
}
