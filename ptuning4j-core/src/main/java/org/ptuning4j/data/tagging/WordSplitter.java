package org.ptuning4j.data.tagging;

import java.util.ArrayList;
import java.util.List;
import org.ptuning4j.data.value.NormalText;

/** Splits a text into words: at white space, and around punctuation, as data sets have it. */
public final class WordSplitter {

  /** What may come before or after a word without being part of it. */
  private static final String EDGES = "\"'“”„‘’«»()[]{}<>,.;:!?…。，、；：！？「」（）";

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
        addWords(text, start, i, places);
        start = -1;
      } else if (!space && start < 0) {
        start = i;
      }
    }
    return places;
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
