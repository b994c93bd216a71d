package org.ptuning4j.data.value;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Lists that were written as text, as {@code str()} and pandas' CSV do: {@code "['a', 'b']"},
 * {@code '["a", "b"]'}, {@code "[1, 0]"}, {@code "('a',)"} and numpy's {@code "['a' 'b']"}.
 */
public final class ListText {

  private final String text;
  private int at;

  private ListText(String text) {
    this.text = text;
  }

  /** Whether the text begins and ends as a list does. */
  public static boolean looksLikeOne(String written) {
    String text = NormalText.trimmed(written);
    return text.length() >= 2 && closing(text.charAt(0)) == text.charAt(text.length() - 1);
  }

  /**
   * The elements of such a list: texts, or {@link Integer}, {@link Double}, {@link Boolean} and
   * {@code null} where they stand without quotation marks. Empty where the text is no list.
   */
  public static Optional<List<Object>> parse(String written) {
    String list = NormalText.trimmed(written);
    if (!looksLikeOne(list)) {
      return Optional.empty();
    }
    Optional<List<Object>> elements = new ListText(list.substring(1, list.length() - 1)).elements();
    // "(1)" and "{2}" are rather texts with signs around them.
    return list.charAt(0) == '['
        ? elements
        : elements.filter(all -> all.stream().allMatch(String.class::isInstance));
  }

  private static char closing(char opening) {
    return switch (opening) {
      case '[' -> ']';
      case '(' -> ')';
      case '{' -> '}';
      default -> '\0';
    };
  }

  private Optional<List<Object>> elements() {
    List<Object> elements = new ArrayList<>();
    boolean separated = true;
    for (skipSpaces(); at < text.length(); skipSpaces()) {
      char c = text.charAt(at);
      if (c == ',') {
        if (separated) {
          return Optional.empty();
        }
        separated = true;
        at++;
      } else if (c == '\'' || c == '"') {
        Optional<String> quoted = quoted(c);
        if (quoted.isEmpty()) {
          return Optional.empty();
        }
        elements.add(quoted.get());
        separated = false;
      } else {
        Optional<Plain> plain = plain(bare());
        if (plain.isEmpty()) {
          return Optional.empty();
        }
        elements.add(plain.get().value());
        separated = false;
      }
    }
    return Optional.of(elements);
  }

  private void skipSpaces() {
    while (at < text.length() && NormalText.isSpace(text.charAt(at))) {
      at++;
    }
  }

  /** The text up to the quotation mark that ends it, if there is one. */
  private Optional<String> quoted(char mark) {
    StringBuilder quoted = new StringBuilder();
    for (at++; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == mark) {
        at++;
        boolean ended = at == text.length() || isSeparator(text.charAt(at));
        return ended ? Optional.of(quoted.toString()) : Optional.empty();
      }
      quoted.append(c == '\\' ? escaped() : c);
    }
    return Optional.empty();
  }

  /** The character that a backslash and what follows it stand for. */
  private char escaped() {
    at++;
    char c = at < text.length() ? text.charAt(at) : '\\';
    int digits = c == 'u' ? 4 : c == 'x' ? 2 : 0;
    if (digits > 0 && at + digits < text.length()) {
      String code = text.substring(at + 1, at + 1 + digits);
      if (code.matches("[0-9A-Fa-f]+")) {
        at += digits;
        return (char) Integer.parseInt(code, 16);
      }
    }
    return switch (c) {
      case 'n' -> '\n';
      case 't' -> '\t';
      case 'r' -> '\r';
      default -> c;
    };
  }

  private static boolean isSeparator(char c) {
    return c == ',' || NormalText.isSpace(c);
  }

  private String bare() {
    int start = at;
    while (at < text.length() && !isSeparator(text.charAt(at))) {
      at++;
    }
    return text.substring(start, at);
  }

  /** A value without quotation marks, which may be nothing. */
  private record Plain(Object value) {}

  private static Optional<Plain> plain(String word) {
    switch (word) {
      case "None", "null", "nan", "NaN" -> {
        return Optional.of(new Plain(null));
      }
      case "True", "true" -> {
        return Optional.of(new Plain(true));
      }
      case "False", "false" -> {
        return Optional.of(new Plain(false));
      }
      default -> {
        if (word.matches("-?[0-9]{1,9}")) {
          return Optional.of(new Plain(Integer.valueOf(word)));
        }
        // numpy writes 1. for 1.0
        return word.matches("-?[0-9]{1,300}\\.[0-9]{0,300}")
            ? Optional.of(new Plain(Double.valueOf(word)))
            : Optional.empty();
      }
    }
  }
}
