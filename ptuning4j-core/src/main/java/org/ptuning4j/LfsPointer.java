package org.ptuning4j;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A placeholder for a file in a repository that was cloned without its large files: three lines of
 * text that name the file.
 */
public final class LfsPointer {

  private static final byte[] BEGINNING =
      "version https://git-lfs.github.com/spec/".getBytes(StandardCharsets.US_ASCII);

  /** How many bytes of a file tell whether it is one. */
  public static final int LENGTH = BEGINNING.length;

  private LfsPointer() {}

  /**
   * Refuses a file that is a pointer.
   *
   * @param file for the message
   * @param content the file's bytes, the first {@link #LENGTH} at least
   * @throws InvalidInputException if it is a pointer; the message says how to get the file itself
   */
  public static void refuse(Path file, byte[] content) {
    if (content.length >= LENGTH && Arrays.equals(BEGINNING, 0, LENGTH, content, 0, LENGTH)) {
      throw InvalidInputException.of(
          "%s is a Git LFS pointer, not the file itself; fetch the file with: git lfs pull", file);
    }
  }
}
