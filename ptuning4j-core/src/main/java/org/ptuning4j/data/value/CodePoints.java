package org.ptuning4j.data.value;

import java.util.Locale;
import java.util.stream.Collectors;

/** Names characters that cannot be recognised by sight. */
final class CodePoints {

  private static final int SHOWN = 60;

  private CodePoints() {}

  /** A character's number and name, such as {@code U+00A0 (NO-BREAK SPACE)}. */
  static String named(int character) {
    String name = Character.getName(character);
    return number(character) + (name == null ? "" : " (" + name + ")");
  }

  private static String number(int character) {
    return String.format(Locale.ROOT, "U+%04X", character);
  }

  /**
   * The text in quotation marks and cut where it is long, with invisible characters as their
   * numbers: {@code 'positif<U+00A0>'}.
   */
  static String quoted(String text) {
    String shown =
        text.codePoints()
            .limit(SHOWN)
            .mapToObj(
                character ->
                    character != ' '
                            && (NormalText.isSpace(character) || NormalText.isInvisible(character))
                        ? "<" + number(character) + ">"
                        : Character.toString(character))
            .collect(Collectors.joining());
    return "'" + shown + (text.codePointCount(0, text.length()) > SHOWN ? "…" : "") + "'";
  }
}
