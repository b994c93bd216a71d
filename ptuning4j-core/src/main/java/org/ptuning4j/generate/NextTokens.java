package org.ptuning4j.generate;

/**
 * What a search asks of a model: scores of the token that follows each of its rows. Rows leave, are
 * doubled and change places by {@link #advance}, which is all that samples, beams and finished
 * texts need.
 */
public interface NextTokens extends AutoCloseable {

  /** R, the number of rows now. */
  int rows();

  /** Unnormalised scores of the next token of each row, {@code [R][V]}; the caller owns them. */
  float[][] scores();

  /**
   * Adds a token to rows.
   *
   * @param parents for each new row the row that it continues; rows that are not named leave
   * @param tokens for each new row its token
   */
  void advance(int[] parents, int[] tokens);

  /** How many tokens may still be added to a row. */
  int room(int row);

  @Override
  void close();
}
