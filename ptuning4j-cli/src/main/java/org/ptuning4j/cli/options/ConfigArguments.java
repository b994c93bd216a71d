package org.ptuning4j.cli.options;

import java.util.List;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.cli.arguments.CommaList;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.settings.Setting;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Makes arguments of a file's entries, and checks their values where the file's line is known. */
final class ConfigArguments {

  private final CommandLine command;
  private final DeclaredOptions declared;
  private final String method;

  /**
   * For the entries of a file.
   *
   * @param chosen the method that the command line names
   */
  ConfigArguments(
      CommandLine command,
      DeclaredOptions declared,
      List<ConfigEntry> entries,
      Optional<String> chosen) {
    this.command = command;
    this.declared = declared;
    this.method =
        chosen
            .or(
                () ->
                    entries.stream()
                        .filter(entry -> entry.option().equals("--method"))
                        .flatMap(entry -> entry.value().stream())
                        .findFirst())
            .orElse(PTuningV2.NAME);
  }

  /**
   * The entry as an argument; empty where it says nothing, as {@code resume: false} does.
   *
   * @throws InvalidInputException if the value is of the wrong type or out of its range
   */
  Optional<String> of(ConfigEntry entry) {
    if (entry.value().isEmpty()) {
      return Optional.empty();
    }
    String value = entry.value().get();
    OptionSpec option = command.getCommandSpec().findOption(entry.option());
    boolean isSwitch = option.arity().min() == 0;
    if (isSwitch && value.equals("true")) {
      return Optional.of(entry.option());
    }
    if (isSwitch && value.equals("false")) {
      return Optional.empty();
    }
    Optional<DeclaredOption> setting = declared.find(entry.option());
    if (setting.isPresent()) {
      setting.get().of(method).ifPresent(own -> check(entry, own, value));
    } else {
      requireType(entry, option.type(), value);
    }
    boolean inQuotes = entry.inList() && option.parameterConsumer() instanceof CommaList;
    return Optional.of(entry.option() + "=" + (inQuotes ? CommaList.quoted(value) : value));
  }

  private static void check(ConfigEntry entry, Setting<?> setting, String value) {
    try {
      setting.read(value);
    } catch (InvalidInputException e) {
      throw entry.wrong(e.getMessage());
    }
  }

  private static void requireType(ConfigEntry entry, Class<?> type, String value) {
    if (type == boolean.class) {
      throw wrongType(entry, value, "true or false");
    }
    String wanted = "a whole number";
    try {
      if (type == Integer.class || type == int.class) {
        Integer.parseInt(value);
      } else if (type == Long.class || type == long.class) {
        Long.parseLong(value);
      } else if (type == Double.class || type == double.class) {
        wanted = "a number";
        Double.parseDouble(value);
      }
    } catch (NumberFormatException e) {
      throw wrongType(entry, value, wanted);
    }
  }

  private static InvalidInputException wrongType(ConfigEntry entry, String value, String wanted) {
    return entry.wrong(entry.key() + " is '" + value + "'; " + wanted + " is expected");
  }
}
