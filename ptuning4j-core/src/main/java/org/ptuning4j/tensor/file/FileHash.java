package org.ptuning4j.tensor.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.codec.digest.DigestUtils;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;

/** What tells whether a file is the one that was written. */
public final class FileHash {

  private FileHash() {}

  /**
   * A file's SHA-256, in hexadecimal.
   *
   * @throws InvalidInputException if it cannot be read
   */
  public static String sha256(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return DigestUtils.sha256Hex(in);
    } catch (IOException e) {
      throw new InvalidInputException(file + ": cannot be read (" + FailureReason.of(e) + ")", e);
    }
  }
}
