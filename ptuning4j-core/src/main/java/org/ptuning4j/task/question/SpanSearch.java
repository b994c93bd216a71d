package org.ptuning4j.task.question;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.ptuning4j.head.Item;

/**
 * Finds the best spans of a context over all windows of it, as BERT's code for SQuAD does: of each
 * window the best starts and ends are paired, and the pairs of all windows compete by the sum of
 * their logits. A span that several windows show counts once.
 *
 * @param best how many starts and ends of a window are paired, and how many spans are kept
 * @param longest the most tokens that a span may have
 */
record SpanSearch(int best, int longest) {

  /**
   * A span of the context, in UTF-16 units, end exclusive.
   *
   * @param score the sum of its two logits
   */
  record Span(int start, int end, double score) {}

  /**
   * What windows give.
   *
   * @param spans the best first; none where no window has a token of the context
   * @param none the score of no answer: the least that a window gives it, for a window that does
   *     not show the answer rightly sees none
   */
  record Found(List<Span> spans, double none) {}

  private record Place(int start, int end) {}

  /**
   * Searches.
   *
   * @param items whose notes are the start and end in the context of each read, −1 for one outside
   * @param scores of each item the logits of starts, then those of ends
   */
  Found search(String context, List<Item> items, List<float[]> scores) {
    Map<Place, Double> spans = new LinkedHashMap<>();
    double none = Double.POSITIVE_INFINITY;
    for (int i = 0; i < items.size(); i++) {
      int[] notes = items.get(i).notes();
      float[] logits = scores.get(i);
      int reads = notes.length / 2;
      none = Math.min(none, (double) logits[0] + logits[reads]);
      int[] ends = top(notes, logits, reads);
      for (int start : top(notes, logits, 0)) {
        for (int end : ends) {
          if (end >= start && end - start < longest) {
            Place place = stripped(context, notes[2 * start], notes[2 * end + 1]);
            if (place.end() > place.start()) {
              spans.merge(place, (double) logits[start] + logits[reads + end], Math::max);
            }
          }
        }
      }
    }
    List<Span> sorted = new ArrayList<>();
    spans.forEach((place, score) -> sorted.add(new Span(place.start(), place.end(), score)));
    sorted.sort(
        Comparator.comparingDouble(Span::score)
            .reversed()
            .thenComparingInt(Span::start)
            .thenComparingInt(Span::end));
    return new Found(List.copyOf(sorted.subList(0, Math.min(best, sorted.size()))), none);
  }

  /** The reads within the context with the greatest logits. */
  private int[] top(int[] notes, float[] logits, int from) {
    return IntStream.range(0, notes.length / 2)
        .filter(read -> notes[2 * read] >= 0)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer read) -> -logits[from + read]))
        .limit(best)
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** Byte-level tokens may have the blank before a word with them. */
  private static Place stripped(String context, int start, int end) {
    int from = start;
    int to = end;
    while (from < to && isBlank(context.charAt(from))) {
      from++;
    }
    while (to > from && isBlank(context.charAt(to - 1))) {
      to--;
    }
    return new Place(from, to);
  }

  /** White space, and blanks at which no line may be broken. */
  private static boolean isBlank(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c);
  }
}
