package org.ptuning4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * Something that the caller gave is not usable: a file, a setting, a value. The message is written
 * for the person who gave it; it names the field or file, the value found and what would be right,
 * and needs no stack trace to be understood. Commands answer it with exit code 2.
 */
public class InvalidInputException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** The message with its settings; null for one that was given as a text. */
  private final transient Message message;

  /** Creates the exception with a message for the person who gave the input. */
  public InvalidInputException(String message) {
    super(message);
    this.message = null;
  }

  /** Creates the exception with its cause, which is logged at debug level only. */
  public InvalidInputException(String message, Throwable cause) {
    super(message, cause);
    this.message = null;
  }

  private InvalidInputException(Message message) {
    super(message.toString());
    this.message = message;
  }

  /**
   * Builds the exception from a {@link String#format} pattern. Settings that the message speaks of
   * are given as {@link SettingName}.
   */
  public static InvalidInputException of(String format, Object... arguments) {
    boolean settings = Arrays.stream(arguments).anyMatch(SettingName.class::isInstance);
    return settings
        ? new InvalidInputException(Message.of(format, arguments))
        : new InvalidInputException(String.format(Locale.ROOT, format, arguments));
  }

  /**
   * The same about a place, such as a file, whose name and a colon come before the message.
   * Settings in the message stay settings.
   */
  public InvalidInputException in(String place) {
    Message own = asMessage();
    List<Object> arguments = new ArrayList<>();
    arguments.add(place);
    arguments.addAll(own.arguments());
    InvalidInputException placed =
        new InvalidInputException(new Message("%s: " + own.format(), arguments));
    placed.initCause(this);
    return placed;
  }

  /** The message as a sentence that may speak of settings. */
  public Message asMessage() {
    return message == null ? Message.plain(getMessage()) : message;
  }

  /**
   * The message with settings called as the reader knows them.
   *
   * @param names from a setting's name, such as {@code max-length}, to what people type
   */
  public String message(UnaryOperator<String> names) {
    return asMessage().text(names);
  }
}
