package org.ptuning4j.cli.options;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.Spelling;
import org.ptuning4j.cli.arguments.CommaList;
import org.ptuning4j.prompt.PTuningV2;
import org.ptuning4j.prompt.PromptMethods;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/**
 * A file of options, {@code epochs: 20} for {@code --epochs 20}. It is turned into options that
 * stand before those of the command line, without those that the command line gives itself.
 */
public final class ConfigFile {

  /** Options that are no part of a run's description. */
  private static final Set<String> NOT_IN_FILES = Set.of("--help", "--debug", "--config");

  private static final Set<String> COLUMNS = Set.of("--text", "--pair", "--label");

  /** What the command line says instead of what a file says: the first silences the others. */
  private static final Map<String, Set<String>> SILENCES =
      Map.of(
          "--batch", Set.of("--tokens"),
          "--tokens", Set.of("--batch"),
          "--task", COLUMNS,
          "--text", Set.of("--task"));

  private final Path file;
  private final Map<String, OptionSpec> options = new TreeMap<>();

  private ConfigFile(Path file, CommandLine command) {
    this.file = file;
    for (OptionSpec option : command.getCommandSpec().options()) {
      if (!NOT_IN_FILES.contains(option.longestName())) {
        options.put(option.longestName(), option);
      }
    }
  }

  /** One line of the file. */
  private record Setting(String option, String value, int line) {

    /** Its commas separate nothing: the file says what an item is. */
    Setting asListItem() {
      return value == null ? this : new Setting(option, CommaList.quoted(value), line);
    }
  }

  /**
   * The arguments of {@code ptune} with the content of the file that {@code --config} names, if it
   * is there.
   *
   * @param arguments as they were typed, the subcommand first
   * @param command the subcommand, which takes such files
   * @throws InvalidInputException if the file is not usable: unreadable, no YAML, an unknown key, a
   *     value of the wrong type
   */
  public static List<String> expand(List<String> arguments, CommandLine command) {
    Optional<String> name = arguments.isEmpty() ? Optional.empty() : valueOf("--config", arguments);
    if (name.isEmpty()) {
      return arguments;
    }
    ConfigFile config = new ConfigFile(Path.of(name.get()), command);
    List<String> expanded = new ArrayList<>();
    expanded.add(arguments.get(0));
    Set<String> silenced = silenced(arguments);
    for (Setting setting : config.read()) {
      if (!silenced.contains(setting.option())) {
        config.argument(setting).ifPresent(expanded::add);
      }
    }
    expanded.addAll(arguments.subList(1, arguments.size()));
    return expanded;
  }

  private static Optional<String> valueOf(String option, List<String> arguments) {
    int end = arguments.contains("--") ? arguments.indexOf("--") : arguments.size();
    for (int i = 0; i < end; i++) {
      if (arguments.get(i).startsWith(option + "=")) {
        return Optional.of(arguments.get(i).substring(option.length() + 1));
      }
      if (arguments.get(i).equals(option) && i + 1 < end) {
        return Optional.of(arguments.get(i + 1));
      }
    }
    return Optional.empty();
  }

  /** The options that the command line gives itself, and those that cannot stand beside them. */
  private static Set<String> silenced(List<String> arguments) {
    Set<String> silenced = new HashSet<>();
    for (String argument : arguments) {
      if (argument.startsWith("--")) {
        String option = argument.split("=", 2)[0];
        silenced.add(option);
        silenced.addAll(SILENCES.getOrDefault(option, Set.of()));
      }
    }
    valueOf("--method", arguments).ifPresent(method -> silenced.addAll(meaningless(method)));
    return silenced;
  }

  /** The options that a method of the command line has no use for; none where it is unknown. */
  private static Set<String> meaningless(String method) {
    PromptMethods methods = PromptMethods.standard();
    Set<String> options = new HashSet<>();
    if (methods.names().contains(method)) {
      options.addAll(RunSettings.METHOD_OPTIONS.values());
      methods
          .settings(method)
          .forEach(setting -> options.remove(RunSettings.METHOD_OPTIONS.get(setting)));
      if (!method.equals(PTuningV2.NAME)) {
        options.add("--preset");
      }
    }
    return options;
  }

  private List<Setting> read() {
    if (!Files.isRegularFile(file)) {
      throw InvalidInputException.of("config: %s does not exist or is no file", file);
    }
    YAMLFactory yaml =
        YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    try (JsonParser parser = yaml.createParser(file.toFile())) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        return List.of();
      }
      if (first != JsonToken.START_OBJECT) {
        throw InvalidInputException.of(
            "%s: lines such as `epochs: 20` are expected, one for each option", file);
      }
      List<Setting> settings = new ArrayList<>();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        settings.addAll(settings(parser));
      }
      return settings;
    } catch (JsonProcessingException e) {
      String where = e.getLocation() == null ? "" : " line " + e.getLocation().getLineNr();
      throw new InvalidInputException(
          file
              + where
              + ": not valid YAML ("
              + e.getOriginalMessage().lines().findFirst().orElse("")
              + ")",
          e);
    } catch (IOException e) {
      throw new InvalidInputException(file + ": cannot be read (" + e.getMessage() + ")", e);
    }
  }

  /** One value of an option, or several of one that may be given repeatedly. */
  private List<Setting> settings(JsonParser parser) throws IOException {
    String key = parser.currentName();
    int line = parser.currentTokenLocation().getLineNr();
    String option = "--" + key.replace('_', '-');
    if (!options.containsKey(option)) {
      throw unknown(key, line);
    }
    List<Setting> found = new ArrayList<>();
    JsonToken value = parser.nextToken();
    if (value == JsonToken.START_ARRAY && options.get(option).isMultiValue()) {
      boolean commas = options.get(option).parameterConsumer() instanceof CommaList;
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        Setting item = setting(option, line, parser);
        found.add(commas ? item.asListItem() : item);
      }
    } else {
      found.add(setting(option, line, parser));
    }
    return found;
  }

  private Setting setting(String option, int line, JsonParser parser) throws IOException {
    JsonToken value = parser.currentToken();
    if (!value.isScalarValue()) {
      throw InvalidInputException.of(
          "%s line %d: %s is a %s; a single value is expected",
          file,
          line,
          option.substring(2),
          value == JsonToken.START_ARRAY ? "list" : "group of values");
    }
    boolean empty = value == JsonToken.VALUE_NULL || parser.getText().isBlank();
    return new Setting(option, empty ? null : parser.getText(), line);
  }

  private InvalidInputException unknown(String key, int line) {
    Stream<String> names = options.keySet().stream().map(name -> name.substring(2));
    List<String> known = names.toList();
    String guess =
        Spelling.closest(key, known).map(name -> "; did you mean '" + name + "'?").orElse("");
    return InvalidInputException.of(
        "%s line %d: there is no option '%s'%s (known are: %s)",
        file, line, key, guess, String.join(", ", known));
  }

  /** The setting as an argument; empty where it says nothing, as {@code resume: false} does. */
  private Optional<String> argument(Setting setting) {
    if (setting.value() == null) {
      return Optional.empty();
    }
    OptionSpec option = options.get(setting.option());
    boolean isSwitch = option.arity().min() == 0;
    if (isSwitch && setting.value().equals("true")) {
      return Optional.of(setting.option());
    }
    if (isSwitch && setting.value().equals("false")) {
      return Optional.empty();
    }
    requireType(setting, option.type());
    return Optional.of(setting.option() + "=" + setting.value());
  }

  private void requireType(Setting setting, Class<?> type) {
    String value = setting.value();
    if (type == boolean.class) {
      throw wrongType(setting, "true or false");
    }
    boolean fits = true;
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
      fits = false;
    }
    if (!fits) {
      throw wrongType(setting, wanted);
    }
  }

  private InvalidInputException wrongType(Setting setting, String wanted) {
    return InvalidInputException.of(
        "%s line %d: %s is '%s'; %s is expected",
        file, setting.line(), setting.option().substring(2), setting.value(), wanted);
  }
}
