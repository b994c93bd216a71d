package org.ptuning4j.head;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.ptuning4j.backbone.TokenRow;

/**
 * What a head scores at once: a text, a window of a long text, or a question's candidates together.
 * A task makes items of its examples; a head turns them into scores; the task makes answers of the
 * scores.
 *
 * @param rows the sequences that the backbone reads: one, or one for each candidate
 * @param reads the positions in the row that a head over tokens reads, ascending; empty for heads
 *     that read the anchor. In an item of several rows they are those of the first row, then of the
 *     second, and so on, each counted within its own row; see {@code counts}
 * @param counts how many of {@code reads} belong to each row; empty where there is one row
 * @param words the token that is looked for at each of {@code reads}, for heads that ask a language
 *     model how likely a wording is; else empty
 * @param notes the task's own numbers, such as the word that each read position stands for; no head
 *     looks at them
 * @param target what is right, of the kind that the head is trained on; empty where it is not known
 */
@SuppressWarnings("ArrayRecordComponent") // large and never compared
public record Item(
    List<TokenRow> rows,
    int[] reads,
    int[] counts,
    int[] words,
    int[] notes,
    Optional<Target> target) {

  private static final int[] NOTHING = new int[0];

  /** Checks that there is a row, and that the arrays belong together. */
  public Item {
    rows = List.copyOf(rows);
    if (rows.isEmpty()) {
      throw new IllegalArgumentException("an item has no row");
    }
    if (counts.length == 0 && rows.size() > 1 && reads.length > 0) {
      throw new IllegalArgumentException("reads of several rows need counts");
    }
    if (counts.length > 0
        && (counts.length != rows.size() || Arrays.stream(counts).sum() != reads.length)) {
      throw new IllegalArgumentException(
          rows.size()
              + " rows with "
              + reads.length
              + " reads have counts "
              + Arrays.toString(counts));
    }
    if (words.length > 0 && words.length != reads.length) {
      throw new IllegalArgumentException(words.length + " words for " + reads.length + " reads");
    }
  }

  /** One sequence, read at its anchor. */
  public static Item of(TokenRow row) {
    return new Item(List.of(row), NOTHING, NOTHING, NOTHING, NOTHING, Optional.empty());
  }

  /** Several candidates, each read at its anchor. */
  public static Item ofCandidates(List<TokenRow> rows) {
    return new Item(rows, NOTHING, NOTHING, NOTHING, NOTHING, Optional.empty());
  }

  /** One sequence, read at several positions. */
  public static Item ofTokens(TokenRow row, int[] reads, int[] notes) {
    return new Item(List.of(row), reads, NOTHING, NOTHING, notes, Optional.empty());
  }

  /**
   * Several wordings of one gap, each in a row of its own that is read once for each of its tokens.
   *
   * @param reads for each row, the positions where its tokens are looked for, ascending
   * @param wordings for each row, the token that is looked for at each of them
   */
  public static Item ofWordings(List<TokenRow> rows, List<int[]> reads, List<int[]> wordings) {
    return new Item(
        rows,
        reads.stream().flatMapToInt(Arrays::stream).toArray(),
        reads.stream().mapToInt(row -> row.length).toArray(),
        wordings.stream().flatMapToInt(Arrays::stream).toArray(),
        NOTHING,
        Optional.empty());
  }

  /** The item with what is right for it. */
  public Item withTarget(Target right) {
    return new Item(rows, reads, counts, words, notes, Optional.of(right));
  }

  /** Whether it is known what is right. */
  public boolean hasTarget() {
    return target.isPresent();
  }

  /**
   * What is right.
   *
   * @param kind what the head is trained on
   * @throws IllegalArgumentException if it is not known, or of another kind
   */
  public <T extends Target> T target(Class<T> kind) {
    return target
        .filter(kind::isInstance)
        .map(kind::cast)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "an item's target is "
                        + target.map(Target::toString).orElse("not known")
                        + " where a "
                        + kind.getSimpleName()
                        + " is needed"));
  }

  /** The tokens of its longest row. */
  public int longest() {
    return rows.stream().mapToInt(TokenRow::length).max().orElse(0);
  }

  /** The item with each row read at another position, by heads over whole sequences. */
  Item withAnchors(int position) {
    return new Item(
        rows.stream().map(row -> row.withAnchor(position)).toList(),
        reads,
        counts,
        words,
        notes,
        target);
  }

  /** The item with P soft tokens before each row; the positions that are read move up with them. */
  public Item withPrefix(int softTokens) {
    if (softTokens == 0) {
      return this;
    }
    return new Item(
        rows.stream().map(row -> row.withPrefix(softTokens)).toList(),
        Arrays.stream(reads).map(position -> position + softTokens).toArray(),
        counts,
        words,
        notes,
        target);
  }
}
