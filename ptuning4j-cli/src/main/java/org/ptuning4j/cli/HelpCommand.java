package org.ptuning4j.cli;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import org.ptuning4j.Spelling;
import org.ptuning4j.cli.arguments.UsageException;
import org.ptuning4j.cli.terminal.Command;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ptune help}: the help of ptune, or of one of its commands. */
@CommandLine.Command(name = "help", description = "Shows help of ptune, or of one of its commands.")
final class HelpCommand implements Callable<Integer> {

  @Spec CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "COMMAND",
      completionCandidates = CommandNames.class,
      description = "The command.")
  String command;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  /** The commands, for completion. */
  static final class CommandNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Main.COMMANDS.iterator();
    }
  }

  @Override
  public Integer call() {
    CommandLine ptune = spec.parent().commandLine();
    CommandLine shown = command == null ? ptune : ptune.getSubcommands().get(command);
    if (shown == null) {
      String guess =
          Spelling.closest(command, ptune.getSubcommands().keySet())
              .map(name -> "; did you mean " + name + "?")
              .orElse("");
      throw new UsageException(ptune, List.of("there is no command '" + command + "'" + guess));
    }
    shown.usage(ptune.getOut());
    return Command.OK;
  }
}
