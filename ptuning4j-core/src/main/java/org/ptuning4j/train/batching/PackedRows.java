package org.ptuning4j.train.batching;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.ptuning4j.backbone.Geometry;
import org.ptuning4j.backbone.Reach;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;

/**
 * Texts laid one behind the other in fewer rows, so that hardly anything is padded. No text sees
 * another of its row, and the positions of each are counted from 0: its states are those that it
 * has in a row of its own. Its soft tokens are before it, and a deep prompt's prefix is before all
 * of them. The longest texts are placed first, each in the first row that has room (first-fit
 * decreasing).
 *
 * @param tokens the rows
 * @param starts where each text begins, row · n + column
 */
@SuppressWarnings("ArrayRecordComponent") // short-lived and never compared
public record PackedRows(TokenBatch tokens, int[] starts) {

  /**
   * The columns of a row where no text is longer. Attention costs time with the square of a row's
   * columns, but up to here it is little beside the products of a layer.
   */
  static final int COLUMNS = 256;

  /**
   * Lays texts into rows. A text that is longer than {@link #COLUMNS} has a row of its own.
   *
   * @param texts with their soft tokens
   * @param padId the id that fills the rest
   */
  public static PackedRows of(List<TokenRow> texts, int padId) {
    List<List<Integer>> rows = rows(texts.stream().mapToInt(TokenRow::length).toArray());
    TokenBatch plain = TokenBatch.of(rows.stream().map(row -> joined(texts, row)).toList(), padId);
    int[] starts = new int[texts.size()];
    int[] positions = new int[plain.ids().length];
    int[] owners = new int[plain.ids().length];
    Arrays.fill(owners, -1); // padding
    for (int row = 0; row < rows.size(); row++) {
      int at = row * plain.columns();
      for (int text : rows.get(row)) {
        starts[text] = at;
        for (int position = 0; position < texts.get(text).length(); position++) {
          positions[at] = position;
          owners[at++] = text;
        }
      }
    }
    Reach apart = new Reach.WithinTexts(plain.columns(), owners);
    return new PackedRows(plain.with(new Geometry(List.of(positions), apart)), starts);
  }

  /** Which texts each row has. */
  private static List<List<Integer>> rows(int[] lengths) {
    List<List<Integer>> rows = new ArrayList<>();
    List<Integer> room = new ArrayList<>();
    int[] longestFirst =
        IntStream.range(0, lengths.length)
            .boxed()
            .sorted(Comparator.comparingInt(text -> -lengths[text]))
            .mapToInt(Integer::intValue)
            .toArray();
    for (int text : longestFirst) {
      int row = 0;
      while (row < rows.size() && room.get(row) < lengths[text]) {
        row++;
      }
      if (row == rows.size()) {
        rows.add(new ArrayList<>());
        room.add(Math.max(0, COLUMNS - lengths[text]));
      } else {
        room.set(row, room.get(row) - lengths[text]);
      }
      rows.get(row).add(text);
    }
    return rows;
  }

  private static TokenRow joined(List<TokenRow> texts, List<Integer> row) {
    boolean soft = row.stream().anyMatch(text -> texts.get(text).slots().length > 0);
    int[] ids = row.stream().flatMapToInt(text -> IntStream.of(texts.get(text).ids())).toArray();
    int[] types =
        row.stream().flatMapToInt(text -> IntStream.of(texts.get(text).typeIds())).toArray();
    int[] slots =
        soft ? row.stream().flatMapToInt(text -> slots(texts.get(text))).toArray() : new int[0];
    return new TokenRow(ids, types, slots, 0);
  }

  private static IntStream slots(TokenRow text) {
    return text.slots().length > 0
        ? IntStream.of(text.slots())
        : IntStream.range(0, text.length()).map(position -> TokenRow.WORD);
  }

  /**
   * Where the states of each text are among those of the rows, for as many columns as the longest
   * text has: beyond its end a text's last one is repeated.
   *
   * @param texts those that were laid into the rows
   * @return {@code [R, m]}, row-major
   */
  public long[] places(List<TokenRow> texts) {
    int longest = texts.stream().mapToInt(TokenRow::length).max().orElseThrow();
    long[] places = new long[texts.size() * longest];
    for (int text = 0; text < starts.length; text++) {
      for (int column = 0; column < longest; column++) {
        int within = Math.min(column, texts.get(text).length() - 1);
        places[text * longest + column] = (long) starts[text] + within;
      }
    }
    return places;
  }
}
