package org.ptuning4j.data;

/** A sound record that a task cannot use. It is about the data, so it carries no stack trace. */
public final class UnusableRowException extends Exception {

  private static final long serialVersionUID = 1L;

  /** Creates the exception with what is wrong with the row and what would be right. */
  public UnusableRowException(String cause) {
    super(cause, null, false, false);
  }

  /** What it says, as the bad row of that line. */
  public BadRow at(int line) {
    return new BadRow(line, getMessage());
  }
}
