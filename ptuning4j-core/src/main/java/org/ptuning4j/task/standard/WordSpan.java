package org.ptuning4j.task.standard;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.value.NormalLabel;
import org.ptuning4j.data.value.NormalText;
import org.ptuning4j.task.template.ColumnValues;
import org.ptuning4j.task.template.Template;

/**
 * Where a span of words is in a text.
 *
 * @param start its first character
 * @param end the one after its last
 */
record WordSpan(int start, int end) {

  /**
   * Finds the span that a row describes by the number of its first word and by its text. The
   * official files count words between single spaces; where a text has two in a row, others count
   * differently, and a few numbers are one too low. So a span is looked for at that word by either
   * count, then at the next one. Case and punctuation around the span do not matter.
   *
   * @param name the span's, {@code span1} or {@code span2}
   * @throws UnusableRowException where it is at neither, with both texts
   */
  static WordSpan in(String text, Row row, String name) throws UnusableRowException {
    String span = Template.column(name + "_text").render(row);
    int word = index(row, name + "_index");
    String bare = bare(span);
    for (int start : starts(text, word)) {
      int at = start;
      while (at < text.length() && isPunctuation(text.charAt(at)) && end(text, at, bare) < 0) {
        at++;
      }
      int end = end(text, at, bare);
      if (end >= 0 && endsWord(text, end)) {
        return new WordSpan(at, end);
      }
    }
    throw new UnusableRowException(
        String.format(
            Locale.ROOT,
            "'%s_text' is '%s', yet the text has '%s' at word %d (counted from 0)",
            name,
            ColumnValues.shown(span),
            at(text, word, span),
            word));
  }

  /**
   * Where the span ends if it starts here, else -1. Case does not matter, and all white space is
   * the same: the official files have a few spans with a line break where the text has a space.
   */
  private static int end(String text, int start, String span) {
    int at = start;
    for (int i = 0; i < span.length(); ) {
      if (at >= text.length()) {
        return -1;
      }
      if (NormalText.isSpace(span.charAt(i)) && NormalText.isSpace(text.charAt(at))) {
        i = behindSpace(span, i);
        at = behindSpace(text, at);
      } else if (text.regionMatches(true, at, span, i, 1)) {
        i++;
        at++;
      } else {
        return -1;
      }
    }
    return at;
  }

  private static int behindSpace(String text, int start) {
    int at = start;
    while (at < text.length() && NormalText.isSpace(text.charAt(at))) {
      at++;
    }
    return at;
  }

  /** The text with a sign around each of two spans. */
  static String marked(String text, WordSpan first, char sign, WordSpan second, char otherSign)
      throws UnusableRowException {
    if (first.start < second.end && second.start < first.end) {
      throw new UnusableRowException(
          String.format(
              Locale.ROOT,
              "the spans '%s' and '%s' overlap",
              text.substring(first.start, first.end),
              text.substring(second.start, second.end)));
    }
    boolean inOrder = first.start < second.start;
    // From the right, so that the places on the left stay what they are.
    String right = inOrder ? second.marked(text, otherSign) : first.marked(text, sign);
    return inOrder ? first.marked(right, sign) : second.marked(right, otherSign);
  }

  private String marked(String text, char sign) {
    return text.substring(0, start)
        + sign
        + text.substring(start, end)
        + sign
        + text.substring(end);
  }

  private static int index(Row row, String column) throws UnusableRowException {
    Object value = row.get(column);
    boolean single = value instanceof String || value instanceof Number || value instanceof Boolean;
    String index = single ? NormalLabel.of(value) : "";
    if (!index.matches("[0-9]{1,6}")) {
      throw new UnusableRowException(
          String.format(
              Locale.ROOT,
              "'%s' is %s, must be the number of a word, from 0 on",
              column,
              value == null ? "missing" : "'" + ColumnValues.shown(value) + "'"));
    }
    return Integer.parseInt(index);
  }

  private static Set<Integer> starts(String text, int word) {
    List<Integer> bySpaces = wordStarts(text, false);
    List<Integer> byWords = wordStarts(text, true);
    Set<Integer> starts = new LinkedHashSet<>();
    for (int index = word; index <= word + 1; index++) {
      for (List<Integer> counted : List.of(bySpaces, byWords)) {
        if (index < counted.size()) {
          starts.add(counted.get(index));
        }
      }
    }
    return starts;
  }

  /** Where words start: after every space, or after all white space between two words. */
  private static List<Integer> wordStarts(String text, boolean anySpace) {
    List<Integer> starts = new ArrayList<>();
    for (int i = 0; i < text.length(); i++) {
      boolean starting = i == 0 || isSpace(text.charAt(i - 1), anySpace);
      if (starting && !(anySpace && isSpace(text.charAt(i), true))) {
        starts.add(i);
      }
    }
    return starts;
  }

  private static boolean isSpace(char c, boolean any) {
    return any ? NormalText.isSpace(c) : c == ' ';
  }

  private static boolean isPunctuation(char c) {
    return !Character.isLetterOrDigit(c) && !Character.isWhitespace(c);
  }

  private static boolean endsWord(String text, int end) {
    return end == text.length() || !Character.isLetterOrDigit(text.charAt(end));
  }

  /** Without what the files leave at a span's end: "it," and "Bob.". */
  private static String bare(String span) {
    String bare = NormalText.trimmed(span);
    while (bare.length() > 1 && ".,\"".indexOf(bare.charAt(bare.length() - 1)) >= 0) {
      bare = bare.substring(0, bare.length() - 1);
    }
    return bare;
  }

  private static String at(String text, int word, String span) {
    List<Integer> starts = wordStarts(text, false);
    if (word >= starts.size()) {
      return "";
    }
    int start = starts.get(word);
    int end = Math.min(text.length(), start + Math.max(1, span.strip().length()));
    while (end < text.length() && !Character.isWhitespace(text.charAt(end))) {
      end++;
    }
    return ColumnValues.shown(text.substring(start, end));
  }
}
