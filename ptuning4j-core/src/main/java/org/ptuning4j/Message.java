package org.ptuning4j;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * A sentence for a person that may speak of settings. Core calls a setting by its name; a command
 * calls it as people type it.
 *
 * @param format a pattern of {@link String#format}
 * @param arguments what is put into it; settings as {@link SettingName}
 */
public record Message(String format, List<Object> arguments) {

  /** Copies the list. */
  public Message {
    arguments = List.copyOf(arguments);
  }

  /** A sentence with arguments. */
  public static Message of(String format, Object... arguments) {
    return new Message(format, List.of(arguments));
  }

  /** A sentence that speaks of no setting. */
  public static Message plain(String text) {
    return of("%s", text);
  }

  /**
   * The sentence with settings called as the reader knows them.
   *
   * @param names from a setting's name, such as {@code max-length}, to what people type
   */
  public String text(UnaryOperator<String> names) {
    Object[] filled =
        arguments.stream()
            .map(each -> each instanceof SettingName setting ? names.apply(setting.name()) : each)
            .toArray();
    return String.format(Locale.ROOT, format, filled);
  }

  /** The sentence with settings called by their names. */
  @Override
  @JsonValue
  public String toString() {
    return text(UnaryOperator.identity());
  }
}
