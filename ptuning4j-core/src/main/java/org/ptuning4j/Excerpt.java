package org.ptuning4j;

/** A piece of a user's data as it is shown in a message: short, and on one line. */
public final class Excerpt {

  private static final int SHOWN = 60;

  private Excerpt() {}

  /**
   * The text in quotation marks, cut after 60 characters, its line breaks written as {@code \n}.
   */
  public static String of(String text) {
    boolean whole = text.codePointCount(0, text.length()) <= SHOWN;
    String start = whole ? text : text.substring(0, text.offsetByCodePoints(0, SHOWN)) + "…";
    return "'" + start.replace("\r", "\\r").replace("\n", "\\n") + "'";
  }

  /** What kind of JSON value it is, with the value where it is short. */
  public static String ofJson(Object value) {
    if (value == null) {
      return "null";
    } else if (value instanceof String text) {
      return "the text " + of(text);
    } else if (value instanceof Number number) {
      return "the number " + number;
    } else if (value instanceof Boolean) {
      return value.toString();
    }
    return value instanceof Iterable<?> ? "a list" : "an object";
  }
}
