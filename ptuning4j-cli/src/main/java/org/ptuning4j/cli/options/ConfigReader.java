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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.Spelling;
import org.ptuning4j.prompt.MethodDeclaration;
import org.ptuning4j.settings.Setting;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Reads a file of options: keys are options without their hyphens; {@code method} is a name, or a
 * name with the settings of that method.
 */
final class ConfigReader {

  /** Options that are no part of a run's description. */
  private static final Set<String> NOT_IN_FILES = Set.of("--help", "--debug", "--config");

  private static final String METHOD = "method";
  private static final String NAME = "name";

  private final Path file;
  private final DeclaredOptions declared;
  private final Map<String, OptionSpec> options = new TreeMap<>();
  private final List<ConfigEntry> entries = new ArrayList<>();

  /** A key within {@code method} with its value. */
  private record Inner(String key, int line, Optional<String> value) {}

  ConfigReader(Path file, CommandLine command, DeclaredOptions declared) {
    this.file = file;
    this.declared = declared;
    for (OptionSpec option : command.getCommandSpec().options()) {
      if (!NOT_IN_FILES.contains(option.longestName())) {
        options.put(option.longestName(), option);
      }
    }
  }

  /**
   * The entries, in the order of the file.
   *
   * @throws InvalidInputException if the file is unreadable or no YAML, or a key is unknown or
   *     given twice
   */
  List<ConfigEntry> read() {
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
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        read(parser);
      }
      requireOnce();
      return entries;
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
      throw new InvalidInputException(file + ": cannot be read (" + FailureReason.of(e) + ")", e);
    }
  }

  /** One value of an option, or several of one that may be given repeatedly. */
  private void read(JsonParser parser) throws IOException {
    String key = parser.currentName();
    int line = parser.currentTokenLocation().getLineNr();
    String option = "--" + key.replace('_', '-');
    if (!options.containsKey(option)) {
      throw unknown(key, line);
    }
    JsonToken value = parser.nextToken();
    if (value == JsonToken.START_OBJECT && key.equals(METHOD)) {
      addMethod(line, inner(parser));
    } else if (value == JsonToken.START_ARRAY && options.get(option).isMultiValue()) {
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        entries.add(new ConfigEntry(file, line, key, option, scalar(key, line, parser), true));
      }
    } else {
      entries.add(new ConfigEntry(file, line, key, option, scalar(key, line, parser), false));
    }
  }

  private Optional<String> scalar(String key, int line, JsonParser parser) throws IOException {
    JsonToken value = parser.currentToken();
    if (!value.isScalarValue()) {
      throw InvalidInputException.of(
          "%s line %d: %s is a %s; a single value is expected",
          file, line, key, value == JsonToken.START_ARRAY ? "list" : "group of values");
    }
    boolean empty = value == JsonToken.VALUE_NULL || parser.getText().isBlank();
    return empty ? Optional.empty() : Optional.of(parser.getText());
  }

  private List<Inner> inner(JsonParser parser) throws IOException {
    List<Inner> inner = new ArrayList<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      int line = parser.currentTokenLocation().getLineNr();
      parser.nextToken();
      inner.add(new Inner(key, line, scalar(METHOD + "." + key, line, parser)));
    }
    return inner;
  }

  private void addMethod(int line, List<Inner> inner) {
    String name =
        inner.stream()
            .filter(each -> each.key().equals(NAME))
            .flatMap(each -> each.value().stream())
            .findFirst()
            .orElseThrow(
                () ->
                    InvalidInputException.of(
                        "%s line %d: method.name is missing; there are: %s",
                        file, line, String.join(", ", declared.methods().names())));
    MethodDeclaration method = method(name, line);
    for (Inner each : inner) {
      String key = METHOD + "." + each.key();
      String option = each.key().equals(NAME) ? "--" + METHOD : "--" + setting(method, each).name();
      entries.add(new ConfigEntry(file, each.line(), key, option, each.value(), false));
    }
  }

  private MethodDeclaration method(String name, int line) {
    try {
      return declared.methods().get(name);
    } catch (InvalidInputException e) {
      throw new InvalidInputException(file + " line " + line + ": " + e.getMessage(), e);
    }
  }

  private Setting<?> setting(MethodDeclaration method, Inner inner) {
    return method.find(inner.key()).orElseThrow(() -> unknown(method, inner));
  }

  private InvalidInputException unknown(MethodDeclaration method, Inner inner) {
    boolean ofRun =
        declared
            .find("--" + inner.key().replace('_', '-'))
            .filter(option -> !option.isOfMethods())
            .isPresent();
    if (ofRun) {
      return InvalidInputException.of(
          "%s line %d: '%s' is a setting of the run, not of method %s; write it outside of"
              + " `method`",
          file, inner.line(), inner.key(), method.name());
    }
    List<String> known =
        new ArrayList<>(method.settings().stream().map(Setting::shortName).toList());
    String guess =
        Spelling.closest(inner.key(), known)
            .map(name -> "; did you mean '" + name + "'?")
            .orElse("");
    return InvalidInputException.of(
        "%s line %d: method %s has no setting '%s'%s (it has %s)",
        file,
        inner.line(),
        method.name(),
        inner.key(),
        guess,
        known.isEmpty() ? "none" : String.join(", ", known));
  }

  /** An option in two places, inside and outside of {@code method} or by two names, is an error. */
  private void requireOnce() {
    Map<String, ConfigEntry> seen = new HashMap<>();
    for (ConfigEntry entry : entries) {
      ConfigEntry earlier = seen.put(entry.option(), entry);
      if (earlier != null && !entry.inList()) {
        throw InvalidInputException.of(
            "%s: '%s' (line %d) and '%s' (line %d) are the same setting; keep one of them",
            file, earlier.key(), earlier.line(), entry.key(), entry.line());
      }
    }
  }

  private InvalidInputException unknown(String key, int line) {
    List<String> known = options.keySet().stream().map(name -> name.substring(2)).toList();
    String guess =
        Stream.concat(fullNames(key), Spelling.closest(key, known).stream())
            .findFirst()
            .map(name -> "; did you mean '" + name + "'?")
            .orElse("");
    return InvalidInputException.of(
        "%s line %d: there is no option '%s'%s (known are: %s)",
        file, line, key, guess, String.join(", ", known));
  }

  /** What is called so only within {@code method}. */
  private Stream<String> fullNames(String key) {
    return declared.methods().all().stream()
        .flatMap(method -> method.find(key).stream())
        .<String>map(Setting::name)
        .filter(name -> options.containsKey("--" + name));
  }
}
