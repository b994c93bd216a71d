package org.ptuning4j.data;

/** A sound record that a task cannot use. It is about the data, so it carries no stack trace. */
public final class UnusableRowException extends Exception {

  private static final long serialVersionUID = 1L;

  private final BadRow.Lack lack;

  /** Creates the exception with what is wrong with the row and what would be right. */
  public UnusableRowException(String cause) {
    this(cause, BadRow.Lack.NOTHING);
  }

  private UnusableRowException(String cause, BadRow.Lack lack) {
    super(cause, null, false, false);
    this.lack = lack;
  }

  /** A row without the text that the model would read. */
  public static UnusableRowException withoutText(String cause) {
    return new UnusableRowException(cause, BadRow.Lack.TEXT);
  }

  /** A row without its right answer. */
  public static UnusableRowException withoutAnswer(String cause) {
    return new UnusableRowException(cause, BadRow.Lack.ANSWER);
  }

  /** What the row lacks. */
  public BadRow.Lack lack() {
    return lack;
  }
}
