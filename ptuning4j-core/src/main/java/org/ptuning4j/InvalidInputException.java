package org.ptuning4j;

/**
 * Something that the caller gave is not usable: a file, a setting, a value. The message is written
 * for the person who gave it; it names the field or file, the value found and what would be right,
 * and needs no stack trace to be understood. Commands answer it with exit code 2.
 */
public class InvalidInputException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Creates the exception with a message for the person who gave the input. */
  public InvalidInputException(String message) {
    super(message);
  }

  /** Creates the exception with its cause, which is logged at debug level only. */
  public InvalidInputException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Builds the exception from a {@link String#format} pattern. */
  public static InvalidInputException of(String format, Object... arguments) {
    return new InvalidInputException(String.format(java.util.Locale.ROOT, format, arguments));
  }
}
