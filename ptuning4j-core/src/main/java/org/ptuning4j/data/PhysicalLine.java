package org.ptuning4j.data;

/**
 * One line of a file as it was read, without its end-of-line characters.
 *
 * @param number counted from 1
 * @param text the line, or {@code null} where it cannot be used
 * @param problem why it cannot be used, or {@code null}
 */
public record PhysicalLine(int number, String text, String problem) {

  static PhysicalLine good(int number, String text) {
    return new PhysicalLine(number, text, null);
  }

  static PhysicalLine bad(int number, String problem) {
    return new PhysicalLine(number, null, problem);
  }

  public boolean isBad() {
    return problem != null;
  }

  public boolean isBlank() {
    return !isBad() && text.isBlank();
  }
}
