package org.ptuning4j.data.value;

import java.text.Normalizer;

/**
 * The normal form of short texts that are compared: labels, column names, expected answers. In it
 *
 * <ul>
 *   <li>characters are composed (Unicode NFC): {@code e} with U+0301 is {@code é};
 *   <li>all white space, no-break spaces included, is one plain space, and none is at the ends;
 *   <li>invisible characters (zero-width space, byte order mark, soft hyphen, direction marks,
 *       control characters) are left out. Joiners and variation selectors stay where they shape
 *       what is seen: within an emoji, or between letters of a script that joins.
 * </ul>
 *
 * <p>Upper and lower case stay what they are. Texts that a model reads are not changed: only
 * whether they show anything is asked here.
 */
public final class NormalText {

  private static final int ZERO_WIDTH_NON_JOINER = 0x200C;
  private static final int ZERO_WIDTH_JOINER = 0x200D;
  private static final int BLANK_BRAILLE = 0x2800;

  private NormalText() {}

  /** The normal form of a text; empty where nothing of it is visible. */
  public static String of(String text) {
    return isNormalAscii(text) ? text : normalized(text);
  }

  /** Most names and labels: visible ASCII with single spaces within. */
  private static boolean isNormalAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean inner = i > 0 && i < text.length() - 1 && text.charAt(i - 1) != ' ';
      if (c > '~' || c < ' ' || (c == ' ' && !inner)) {
        return false;
      }
    }
    return true;
  }

  private static String normalized(String text) {
    int[] characters = Normalizer.normalize(text, Normalizer.Form.NFC).codePoints().toArray();
    StringBuilder normal = new StringBuilder();
    boolean space = false;
    for (int i = 0; i < characters.length; i++) {
      int character = characters[i];
      if (isSpace(character)) {
        space = normal.length() > 0;
      } else if (!isInvisible(character) || shapes(characters, i)) {
        if (space) {
          normal.append(' ');
          space = false;
        }
        normal.appendCodePoint(character);
      }
    }
    // What was left out may have stood between a letter and its accent.
    return Normalizer.normalize(normal, Normalizer.Form.NFC);
  }

  /** The text without white space and invisible characters at its ends, otherwise as it is. */
  public static String trimmed(String text) {
    int start = 0;
    int end = text.length();
    while (start < end && isBlank(text.codePointAt(start))) {
      start += Character.charCount(text.codePointAt(start));
    }
    while (start < end && isBlank(text.codePointBefore(end))) {
      end -= Character.charCount(text.codePointBefore(end));
    }
    return text.substring(start, end);
  }

  private static boolean isBlank(int character) {
    return isSpace(character) || (isInvisible(character) && !isVariationSelector(character));
  }

  /** Whether two texts have the same normal form. */
  public static boolean areSame(String one, String other) {
    return one.equals(other) || of(one).equals(of(other));
  }

  /** Whether a reader would see anything of the text. */
  public static boolean isVisible(String text) {
    int at = 0;
    while (at < text.length()) {
      int character = text.codePointAt(at);
      if (!isSpace(character) && !isInvisible(character)) {
        return true;
      }
      at += Character.charCount(character);
    }
    return false;
  }

  /**
   * Whether there is nothing but white space. Signs without a width are no space: they occur as
   * words of their own, as parts of emoji do.
   */
  public static boolean isSpace(String text) {
    int at = 0;
    while (at < text.length()) {
      int character = text.codePointAt(at);
      if (!isSpace(character)) {
        return false;
      }
      at += Character.charCount(character);
    }
    return true;
  }

  /** Whether a reader would see nothing of the text. */
  public static boolean isBlank(String text) {
    return !isVisible(text);
  }

  /** White space of any kind: ASCII's, no-break, narrow, wide, line and paragraph separators. */
  public static boolean isSpace(int character) {
    return Character.isWhitespace(character)
        || Character.isSpaceChar(character)
        || character == 0x85
        || character == BLANK_BRAILLE;
  }

  /** A character that takes no ink by itself, white space apart. */
  static boolean isInvisible(int character) {
    return switch (Character.getType(character)) {
      case Character.FORMAT -> !isVisibleSign(character);
      case Character.CONTROL -> !isSpace(character);
      default -> isVariationSelector(character) || isFiller(character);
    };
  }

  /** Signs of Arabic, Syriac and Kaithi that go around numbers, which Unicode counts as formats. */
  private static boolean isVisibleSign(int character) {
    return (character >= 0x600 && character <= 0x605)
        || character == 0x6DD
        || character == 0x70F
        || character == 0x890
        || character == 0x891
        || character == 0x8E2
        || character == 0x110BD
        || character == 0x110CD;
  }

  private static boolean isVariationSelector(int character) {
    return (character >= 0xFE00 && character <= 0xFE0F)
        || (character >= 0xE0100 && character <= 0xE01EF)
        || (character >= 0x180B && character <= 0x180F);
  }

  private static boolean isFiller(int character) {
    return character == 0x34F // combining grapheme joiner
        || character == 0x115F
        || character == 0x1160
        || character == 0x3164
        || character == 0xFFA0; // Hangul fillers
  }

  /** Whether an invisible character changes how its neighbours look, so that it is kept. */
  private static boolean shapes(int[] characters, int at) {
    if (at == 0) {
      return false;
    }
    int character = characters[at];
    int before = characters[at - 1];
    if (isVariationSelector(character)) {
      return !isSpace(before) && !isInvisible(before);
    }
    if (isTag(character)) { // the letters of a flag, after a black one
      return isTag(before) || isPictograph(before);
    }
    boolean joiner = character == ZERO_WIDTH_JOINER || character == ZERO_WIDTH_NON_JOINER;
    return joiner && at + 1 < characters.length && joins(before) && joins(characters[at + 1]);
  }

  private static boolean isTag(int character) {
    return character >= 0xE0020 && character <= 0xE007F;
  }

  private static boolean joins(int character) {
    return isVariationSelector(character)
        || isPictograph(character)
        || isOfJoiningScript(character);
  }

  private static boolean isPictograph(int character) {
    int type = Character.getType(character);
    return type == Character.OTHER_SYMBOL
        || (type == Character.MODIFIER_SYMBOL && character >= 0x1F3FB && character <= 0x1F3FF);
  }

  private static boolean isOfJoiningScript(int character) {
    return switch (Character.UnicodeScript.of(character)) {
      case COMMON,
          INHERITED,
          UNKNOWN,
          LATIN,
          GREEK,
          CYRILLIC,
          ARMENIAN,
          GEORGIAN,
          HEBREW,
          HAN,
          HANGUL,
          HIRAGANA,
          KATAKANA,
          BOPOMOFO ->
          isCombining(character);
      default -> true;
    };
  }

  /** Vowel signs and viramas that several scripts share. */
  private static boolean isCombining(int character) {
    return Character.getType(character) == Character.COMBINING_SPACING_MARK;
  }
}
