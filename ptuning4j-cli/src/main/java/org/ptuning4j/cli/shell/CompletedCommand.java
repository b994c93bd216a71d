package org.ptuning4j.cli.shell;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * A command as a shell offers it.
 *
 * @param path its words behind {@code ptune}, such as {@code registry publish}; empty of ptune
 *     itself
 * @param description a sentence
 * @param options its options, in the order of help
 * @param commands those below it
 * @param argument what it takes without an option
 */
record CompletedCommand(
    List<String> path,
    String description,
    List<CompletedOption> options,
    List<CompletedCommand> commands,
    Optional<CompletedValue> argument) {

  /** The command with all that are below it. */
  static CompletedCommand of(CommandLine command) {
    return of(List.of(), command);
  }

  private static CompletedCommand of(List<String> path, CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    return new CompletedCommand(
        path,
        Sentence.first(spec.usageMessage().description()),
        spec.options().stream()
            .filter(option -> !option.hidden())
            .map((OptionSpec option) -> CompletedOption.of(option))
            .toList(),
        command.getSubcommands().entrySet().stream()
            .map(
                below ->
                    of(
                        Stream.concat(path.stream(), Stream.of(below.getKey())).toList(),
                        below.getValue()))
            .toList(),
        spec.positionalParameters().stream().findFirst().map(CompletedValue::of));
  }

  /** Its own word. */
  String name() {
    return path.isEmpty() ? "ptune" : path.get(path.size() - 1);
  }

  /** Its words with spaces in between. */
  String words() {
    return String.join(" ", path);
  }

  /** All below it, each before those below itself. */
  Stream<CompletedCommand> all() {
    return commands.stream().flatMap(each -> Stream.concat(Stream.of(each), each.all()));
  }
}
