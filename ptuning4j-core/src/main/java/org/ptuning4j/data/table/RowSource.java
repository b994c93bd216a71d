package org.ptuning4j.data.table;

import java.util.List;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.Entry;
import org.ptuning4j.data.input.FileFormat;

/**
 * The records of a data file or stream, one at a time and each as soon as its last byte has come,
 * so that prediction can answer a pipe line by line. Not thread-safe.
 */
public interface RowSource extends AutoCloseable {

  /** The format being read, never {@link FileFormat#AUTO}. */
  FileFormat format();

  /** The columns known so far: the header, or for JSONL the keys seen up to now. */
  List<String> columnNames();

  /**
   * The next row or bad row, or empty at the end.
   *
   * @throws InvalidInputException where the stream itself fails (a damaged gzip, a read error)
   */
  Optional<Entry> next();

  /** Closes the underlying stream. */
  @Override
  void close();
}
