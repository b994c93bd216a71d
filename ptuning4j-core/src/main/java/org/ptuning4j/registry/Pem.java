package org.ptuning4j.registry;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;

/** Keys as text (RFC 7468). */
final class Pem {

  private static final int LARGEST = 1 << 16;

  private Pem() {}

  static String write(String what, byte[] content) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    return "-----BEGIN " + what + "-----\n" + body + "\n-----END " + what + "-----\n";
  }

  /**
   * What a file holds.
   *
   * @throws InvalidInputException if it cannot be read, or holds something else
   */
  static byte[] read(String what, Path file) {
    try {
      if (Files.size(file) > LARGEST) {
        throw InvalidInputException.of("key: %s is too large for a key", file);
      }
      List<String> lines =
          new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
              .strip()
              .lines()
              .toList();
      boolean framed =
          lines.size() > 2
              && lines.get(0).equals("-----BEGIN " + what + "-----")
              && lines.get(lines.size() - 1).equals("-----END " + what + "-----");
      if (!framed) {
        throw InvalidInputException.of(
            "key: %s holds no %s; a file of `keygen` does", file, what.toLowerCase(Locale.ROOT));
      }
      return Base64.getMimeDecoder().decode(String.join("", lines.subList(1, lines.size() - 1)));
    } catch (IOException e) {
      throw new InvalidInputException(
          "key: " + file + " cannot be read (" + FailureReason.of(e) + ")", e);
    } catch (IllegalArgumentException e) {
      throw new InvalidInputException("key: " + file + " is damaged", e);
    }
  }
}
