package org.ptuning4j.cli.options;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;

/**
 * A file of options, {@code epochs: 20} for {@code --epochs 20}. It is turned into options that
 * stand before those of the command line, without those that the command line gives itself.
 */
public final class ConfigFile {

  private static final Set<String> COLUMNS = Set.of("--text", "--pair", "--label");

  /** What the command line says instead of what a file says: the first silences the others. */
  private static final Map<String, Set<String>> SILENCES =
      Map.of(
          "--batch", Set.of("--tokens"),
          "--tokens", Set.of("--batch"),
          "--init", Set.of("--init-words"),
          "--init-words", Set.of("--init"),
          "--task", COLUMNS,
          "--text", Set.of("--task"));

  private ConfigFile() {}

  /**
   * The arguments of {@code ptune} with the content of the file that {@code --config} names, if it
   * is there.
   *
   * @param arguments as they were typed, the subcommand first
   * @param command the subcommand, which takes such files
   * @throws org.ptuning4j.InvalidInputException if the file is not usable: unreadable, no YAML, an
   *     unknown key, a value of the wrong type or out of its range
   */
  public static List<String> expand(List<String> arguments, CommandLine command) {
    Optional<String> name = arguments.isEmpty() ? Optional.empty() : valueOf("--config", arguments);
    if (name.isEmpty()) {
      return arguments;
    }
    DeclaredOptions declared = DeclaredOptions.installed();
    Optional<String> method = valueOf("--method", arguments);
    List<ConfigEntry> entries = new ConfigReader(Path.of(name.get()), command, declared).read();
    Set<String> silenced = silenced(arguments);
    method.ifPresent(chosen -> silenced.addAll(declared.meaningless(chosen)));
    List<String> expanded = new ArrayList<>();
    expanded.add(arguments.get(0));
    ConfigArguments made = new ConfigArguments(command, declared, entries, method);
    for (ConfigEntry entry : entries) {
      if (!silenced.contains(entry.option())) {
        made.of(entry).ifPresent(expanded::add);
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
    return silenced;
  }
}
