package org.ptuning4j.data;

import java.nio.file.Path;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.input.InputFile;

/**
 * Reads the examples of files of one kind. What is wrong with a part of a file becomes a {@link
 * BadRow}; only what is wrong with the whole is thrown.
 *
 * @param <E> what one example is
 */
public interface ExampleReader<E extends Example> {

  /**
   * Reads a file whose examples have their right answers; one without is a bad row.
   *
   * @throws InvalidInputException naming the file, where it is missing, unreadable, empty, binary,
   *     damaged or without an example
   */
  Examples<E> read(InputFile file);

  /** The same of a file in UTF-8. */
  default Examples<E> read(Path file) {
    return read(InputFile.of(file));
  }

  /**
   * Reads a file for prediction: answers are neither needed nor looked at.
   *
   * @throws InvalidInputException as {@link #read(InputFile)}
   */
  Examples<E> readUnlabelled(InputFile file);

  /** The same of a file in UTF-8. */
  default Examples<E> readUnlabelled(Path file) {
    return readUnlabelled(InputFile.of(file));
  }
}
