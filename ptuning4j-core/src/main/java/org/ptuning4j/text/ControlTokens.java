package org.ptuning4j.text;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The special tokens that steer a model, such as those that separate, mask or pad, where a text
 * spells them. A text is only text: it is cut within such a spelling, so that what is left on
 * either side spells no special token.
 *
 * @param ids the tokens
 * @param unknown that for what the vocabulary cannot spell, which tokens may be for other reasons
 * @param vocabulary knows how they are spelt
 */
record ControlTokens(Set<Integer> ids, OptionalInt unknown, Vocabulary vocabulary) {

  /** Copies the set. */
  ControlTokens {
    ids = Set.copyOf(ids);
  }

  /** Whether any token of a text or of words is one that the text spells. */
  boolean isIn(RawTokens tokens, List<String> texts) {
    for (int i = 0; i < tokens.length(); i++) {
      if (isSpelt(tokens, i, texts)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a token is special because the text spells it. */
  boolean isSpelt(RawTokens tokens, int token, List<String> texts) {
    int id = tokens.ids()[token];
    if (!ids.contains(id)) {
      return false;
    }
    boolean isUnknown = unknown.isPresent() && unknown.getAsInt() == id;
    return !isUnknown || spelling(tokens, token, texts).equals(vocabulary.token(id));
  }

  /** What stands in the text where a token was found, without the white space beside it. */
  String spelling(RawTokens tokens, int token, List<String> texts) {
    return tokens
        .textOf(token, texts)
        .substring(
            tokens.utf16(token, tokens.starts()[token]), tokens.utf16(token, tokens.ends()[token]))
        .strip();
  }

  /** The tokens with the unknown one, or none, in the place of those that the text spells. */
  RawTokens masked(RawTokens tokens, List<String> texts) {
    int[] ids = tokens.ids().clone();
    for (int i = 0; i < ids.length; i++) {
      ids[i] = isSpelt(tokens, i, texts) ? unknown.orElse(-1) : ids[i];
    }
    return tokens.withIds(ids);
  }

  /** The special tokens that a text spells, as it spells them, each once. */
  List<String> spellings(RawTokens tokens, List<String> texts) {
    return IntStream.range(0, tokens.length())
        .filter(token -> isSpelt(tokens, token, texts))
        .mapToObj(token -> spelling(tokens, token, texts))
        .distinct()
        .toList();
  }

  /**
   * The pieces of a text between which it is cut, joined the text itself; one where nothing is to
   * be cut.
   *
   * @param word the number of the text among the texts that were encoded
   */
  List<String> pieces(RawTokens tokens, int word, List<String> texts) {
    String text = texts.get(word);
    List<String> pieces = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < tokens.length(); i++) {
      if (tokens.textNumber(i) == word && isSpelt(tokens, i, texts)) {
        int cut = afterFirstCharacter(text, tokens.utf16(i, tokens.starts()[i]));
        if (cut > from && cut < text.length()) {
          pieces.add(text.substring(from, cut));
          from = cut;
        }
      }
    }
    pieces.add(text.substring(from));
    return pieces;
  }

  private static int afterFirstCharacter(String text, int start) {
    int at = start;
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++; // a token may cover the space before it
    }
    return at < text.length() ? at + Character.charCount(text.codePointAt(at)) : at;
  }
}
