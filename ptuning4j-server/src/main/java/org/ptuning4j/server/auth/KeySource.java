package org.ptuning4j.server.auth;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.server.yaml.YamlText;

/** Where the keys are: a file, or a variable of the environment with the same content. */
public sealed interface KeySource {

  /** Reads the keys. */
  Keys read();

  /** The file to watch for changes, if it is one. */
  Optional<Path> file();

  /**
   * A setting {@code file} or {@code environment}.
   *
   * @param folder that relative paths are in
   */
  static KeySource read(Fields fields, Path folder) {
    fields.requireOnly(List.of("file", "environment"));
    if (fields.has("file") == fields.has("environment")) {
      throw InvalidInputException.of(
          "'%s': either file (of YAML) or environment (the name of a variable) is expected",
          fields.path());
    }
    return fields.has("file")
        ? new InFile(folder.resolve(fields.string("file")))
        : new InEnvironment(fields.string("environment"), System.getenv());
  }

  /**
   * A file of YAML.
   *
   * @param path where it is
   */
  record InFile(Path path) implements KeySource {

    @Override
    public Keys read() {
      try {
        return Keys.read(YamlText.of(path));
      } catch (InvalidInputException e) {
        throw e.in(path.toString());
      }
    }

    @Override
    public Optional<Path> file() {
      return Optional.of(path);
    }
  }

  /**
   * A variable that holds what the file would hold.
   *
   * @param variable its name
   * @param environment where it is looked up
   */
  record InEnvironment(String variable, Map<String, String> environment) implements KeySource {

    @Override
    public Keys read() {
      String text = environment.get(variable);
      if (text == null) {
        throw InvalidInputException.of(
            "keys.environment: there is no variable %s in the environment", variable);
      }
      try {
        return Keys.read(YamlText.of(text));
      } catch (InvalidInputException e) {
        throw e.in("variable " + variable);
      }
    }

    @Override
    public Optional<Path> file() {
      return Optional.empty();
    }
  }
}
