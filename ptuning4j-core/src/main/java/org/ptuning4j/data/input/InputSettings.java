package org.ptuning4j.data.input;

import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.List;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.Spelling;

/**
 * How inputs are read.
 *
 * @param format how they are written
 * @param encoding how characters are written
 * @param delimiter what separates the columns of {@link FileFormat#CSV}; empty for what the file's
 *     first line says ({@code sep=;}), or a comma
 * @param maxRecordBytes the longest line, or JSON object of a list, that is read; a longer one is a
 *     bad row
 */
public record InputSettings(
    FileFormat format, Charset encoding, Optional<Character> delimiter, int maxRecordBytes) {

  /** As long as a line may be: 16 MiB. */
  public static final int MAX_RECORD_BYTES = 16 << 20;

  /** Whatever the file is, in UTF-8. */
  public static final InputSettings DEFAULT =
      new InputSettings(
          FileFormat.AUTO, StandardCharsets.UTF_8, Optional.empty(), MAX_RECORD_BYTES);

  private static final List<String> USUAL =
      List.of(
          "UTF-8",
          "UTF-16",
          "windows-1252",
          "ISO-8859-1",
          "ISO-8859-15",
          "GB18030",
          "Big5",
          "Shift_JIS",
          "EUC-KR",
          "KOI8-R",
          "windows-1251");

  /** Checks the limit. */
  public InputSettings {
    if (maxRecordBytes < 1) {
      throw InvalidInputException.of("maxRecordBytes is %d, must be at least 1", maxRecordBytes);
    }
  }

  /** The same with another format. */
  public InputSettings withFormat(FileFormat newFormat) {
    return new InputSettings(newFormat, encoding, delimiter, maxRecordBytes);
  }

  /** The same with another limit. */
  public InputSettings withMaxRecordBytes(int newMaxRecordBytes) {
    return new InputSettings(format, encoding, delimiter, newMaxRecordBytes);
  }

  /**
   * The same with an encoding of that name.
   *
   * @throws InvalidInputException where it is not known
   */
  public InputSettings withEncoding(String name) {
    return new InputSettings(format, charset(name), delimiter, maxRecordBytes);
  }

  /**
   * The same with another delimiter: one character, {@code \t} or {@code tab}.
   *
   * @throws InvalidInputException where it is none
   */
  public InputSettings withDelimiter(String sign) {
    String meant = sign.equals("\\t") || sign.equalsIgnoreCase("tab") ? "\t" : sign;
    if (meant.length() != 1 || "\"\r\n".contains(meant)) {
      throw InvalidInputException.of(
          "delimiter: '%s' is no single character that can separate columns, such as ; or \\t",
          sign);
    }
    return new InputSettings(format, encoding, Optional.of(meant.charAt(0)), maxRecordBytes);
  }

  private static Charset charset(String name) {
    String plain = name.strip().replaceAll("(?i)^latin[-_ ](\\d+)$", "latin$1");
    try {
      Charset charset = Charset.forName(plain);
      if (charset.canEncode()) {
        return charset;
      }
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      // Said below, as for one that only looks like an encoding.
    }
    throw InvalidInputException.of(
        "encoding: '%s' is not known%s; known are %s and the others of Java",
        name,
        Spelling.closest(name, USUAL).map(near -> "; did you mean '" + near + "'?").orElse(""),
        String.join(", ", USUAL));
  }
}
