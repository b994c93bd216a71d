package org.ptuning4j.backbone;

/**
 * The end of a row that fills a blank in the text before it, as GLM has it (Du et al., arXiv
 * 2103.10360, section 2.1): its tokens see the whole text and what precedes them of the filling,
 * have the blank's position, and are counted from 1 in a second row of positions.
 *
 * @param start the column where it begins, with the token that says so; the text lies before it
 * @param blank the column of the mask that it fills
 */
public record BlankFilling(int start, int blank) {

  /** Checks that the blank lies in the text. */
  public BlankFilling {
    if (blank < 0 || blank >= start) {
      throw new IllegalArgumentException(
          "a filling begins at column " + start + "; its blank, at " + blank + ", must precede it");
    }
  }

  /** The same with so many columns before the row. */
  public BlankFilling after(int columns) {
    return new BlankFilling(start + columns, blank + columns);
  }

  /** The position of a column: its own in the text, the blank's in the filling. */
  int position(int column) {
    return column < start ? column : blank;
  }

  /** The position within the filling, from 1; 0 in the text. */
  int positionWithin(int column) {
    return column < start ? 0 : column - start + 1;
  }
}
