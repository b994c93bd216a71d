package org.ptuning4j.backbone;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Where the tokens of a batch are and how far they see. Positions count from 0 and know nothing of
 * a family's table: the family makes indices, rotations or distances of them, and masks and biases
 * of the reach.
 *
 * @param positions one or two rows of positions, {@code [B, n]} each, row-major (GLM has two: the
 *     position and that within a blank); none where each row is counted from 0
 * @param reach how far attention reaches, within what the family's layers allow
 * @param targets {@code [B]}: the column at which what is written begins in each row, for models
 *     that read a source with one half and write a target with the other; n in a row that is a
 *     source only; empty where no row has a target
 */
@SuppressWarnings("ArrayRecordComponent") // made for one batch, and compared by identity
public record Geometry(List<int[]> positions, Reach reach, int[] targets) {

  /** Each row counted from 0, and no limit but the family's own. */
  public static final Geometry PLAIN = new Geometry(List.of(), Reach.everything());

  /** Rows of one part each. */
  public Geometry(List<int[]> positions, Reach reach) {
    this(positions, reach, new int[0]);
  }

  /** Copies the list, and checks that there are at most two rows. */
  public Geometry {
    positions = List.copyOf(positions);
    if (positions.size() > 2) {
      throw new IllegalArgumentException(
          "there are " + positions.size() + " rows of positions; two are the most");
    }
  }

  /**
   * That of rows padded to a number of columns: plain unless some of them fill blanks or have a
   * target. A row of text alone beside such a one is what it is in a plain batch.
   */
  static Geometry of(List<TokenRow> rows, int columns) {
    if (rows.stream().anyMatch(row -> row.target().isPresent())) {
      return PLAIN.withTargets(
          rows.stream().mapToInt(row -> row.target().orElse(columns)).toArray());
    }
    if (rows.stream().allMatch(row -> row.filling().isEmpty())) {
      return PLAIN;
    }
    int[] positions = new int[rows.size() * columns];
    int[] within = new int[rows.size() * columns];
    int[] visible = new int[rows.size()];
    for (int row = 0; row < rows.size(); row++) {
      Optional<BlankFilling> filling = rows.get(row).filling();
      visible[row] = filling.map(BlankFilling::start).orElse(rows.get(row).length());
      for (int column = 0; column < rows.get(row).length(); column++) {
        int own = column;
        positions[row * columns + column] = filling.map(end -> end.position(own)).orElse(own);
        within[row * columns + column] = filling.map(end -> end.positionWithin(own)).orElse(0);
      }
    }
    return new Geometry(List.of(positions, within), new Reach.VisibleThenCausal(visible));
  }

  /**
   * The positions of what follows each row's last token: the last of the rows of positions counts
   * on, the other stays.
   *
   * @param last those of the last tokens, {@code [R]} for each row of positions
   */
  public static List<int[]> following(List<int[]> last) {
    List<int[]> next = new ArrayList<>(last);
    next.set(
        last.size() - 1,
        Arrays.stream(last.get(last.size() - 1)).map(position -> position + 1).toArray());
    return next;
  }

  /** The same with another reach. */
  public Geometry within(Reach other) {
    return new Geometry(positions, reach.and(other), targets);
  }

  /** The same with other beginnings of targets. */
  public Geometry withTargets(int[] others) {
    return new Geometry(positions, reach, others);
  }

  /** Whether any row has a target. */
  public boolean hasTargets() {
    return targets.length > 0;
  }
}
