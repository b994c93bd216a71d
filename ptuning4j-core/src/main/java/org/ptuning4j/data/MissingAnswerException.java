package org.ptuning4j.data;

import org.ptuning4j.InvalidInputException;

/** A record that could be predicted on, but says not what is right. */
public final class MissingAnswerException extends InvalidInputException {

  private static final long serialVersionUID = 1L;

  /** Creates the exception with what the record lacks. */
  public MissingAnswerException(String message) {
    super(message);
  }
}
