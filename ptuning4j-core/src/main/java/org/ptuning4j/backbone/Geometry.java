package org.ptuning4j.backbone;

import java.util.List;

/**
 * Where the tokens of a batch are and how far they see. Positions count from 0 and know nothing of
 * a family's table: the family makes indices, rotations or distances of them, and masks and biases
 * of the reach.
 *
 * @param positions one or two rows of positions, {@code [B, n]} each, row-major (GLM has two: the
 *     position and that within a blank); none where each row is counted from 0
 * @param reach how far attention reaches, within what the family's layers allow
 */
public record Geometry(List<int[]> positions, Reach reach) {

  /** Each row counted from 0, and no limit but the family's own. */
  public static final Geometry PLAIN = new Geometry(List.of(), Reach.everything());

  /** Copies the list, and checks that there are at most two rows. */
  public Geometry {
    positions = List.copyOf(positions);
    if (positions.size() > 2) {
      throw new IllegalArgumentException(
          "there are " + positions.size() + " rows of positions; two are the most");
    }
  }

  /** The same with another reach. */
  public Geometry within(Reach other) {
    return new Geometry(positions, reach.and(other));
  }
}
