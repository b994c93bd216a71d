package org.ptuning4j.data.input;

import org.ptuning4j.data.value.NormalText;

/**
 * One line of a file as it was read, without its end-of-line characters.
 *
 * @param number counted from 1
 * @param text the line, or {@code null} where it cannot be used
 * @param problem why it cannot be used, or {@code null}
 * @param afterCr whether the line before it ended in a carriage return alone
 */
public record PhysicalLine(int number, String text, String problem, boolean afterCr) {

  /** Whether it cannot be used. */
  public boolean isBad() {
    return problem != null;
  }

  /** Whether it shows nothing. */
  public boolean isBlank() {
    return !isBad() && NormalText.isBlank(text);
  }
}
