package org.ptuning4j.data.tagging;

import java.lang.Character.UnicodeScript;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.ptuning4j.data.value.NormalText;

/**
 * Splits a text into words: at white space, and around punctuation, as data sets have it. Of
 * scripts that put no space between words each character is one, as the usual tokenizers and data
 * sets take it: Han, Hiragana and Katakana.
 */
public final class WordSplitter {

  /** What may come before or after a word without being part of it. */
  private static final String EDGES = "\"'“”„‘’«»()[]{}<>,.;:!?…。，、；：！？「」（）";

  private static final Set<UnicodeScript> WITHOUT_SPACES =
      EnumSet.of(UnicodeScript.HAN, UnicodeScript.HIRAGANA, UnicodeScript.KATAKANA);

  private WordSplitter() {}

  /**
   * A word's place in its text.
   *
   * @param start the index of its first character, in UTF-16 units
   * @param end the index after its last
   */
  public record Place(int start, int end) {

    /** The word. */
    public String of(String text) {
      return text.substring(start, end);
    }
  }

  /** The words of a text. */
  public static List<String> words(String text) {
    return places(text).stream().map(place -> place.of(text)).toList();
  }

  /** Where the words of a text are. */
  public static List<Place> places(String text) {
    List<Place> places = new ArrayList<>();
    int start = -1;
    for (int i = 0; i <= text.length(); i++) {
      boolean space = i == text.length() || NormalText.isSpace(text.charAt(i));
      if (space && start >= 0) {
        addPieces(text, start, i, places);
        start = -1;
      } else if (!space && start < 0) {
        start = i;
      }
    }
    return places;
  }

  /** Characters of scripts without spaces one by one, and what is between them. */
  private static void addPieces(String text, int from, int to, List<Place> places) {
    int start = from;
    int at = from;
    while (at < to) {
      int next = at + Character.charCount(text.codePointAt(at));
      if (!isWord(text.codePointAt(at))) {
        at = next;
        continue;
      }
      if (start < at) {
        addWords(text, start, at, places);
      }
      while (next < to && Character.getType(text.charAt(next)) == Character.NON_SPACING_MARK) {
        next++;
      }
      places.add(new Place(at, next));
      start = next;
      at = next;
    }
    if (start < to) {
      addWords(text, start, to, places);
    }
  }

  private static boolean isWord(int character) {
    return WITHOUT_SPACES.contains(UnicodeScript.of(character));
  }

  /** Punctuation around a word becomes words of its own. */
  private static void addWords(String text, int from, int to, List<Place> places) {
    int first = from;
    int last = to;
    while (first < last && isEdge(text.charAt(first))) {
      first++;
    }
    if (first == last) {
      places.add(new Place(from, to));
      return;
    }
    while (isEdge(text.charAt(last - 1))) {
      last--;
    }
    for (int i = from; i < first; i++) {
      places.add(new Place(i, i + 1));
    }
    places.add(new Place(first, last));
    for (int i = last; i < to; i++) {
      places.add(new Place(i, i + 1));
    }
  }

  private static boolean isEdge(char c) {
    return EDGES.indexOf(c) >= 0;
  }
}
