package org.ptuning4j.cli;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import org.ptuning4j.cli.arguments.UsageException;
import org.ptuning4j.cli.shell.Completion;
import org.ptuning4j.cli.terminal.Command;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ptune generate-completion}: what the shell needs to complete what is typed. */
@CommandLine.Command(
    name = "generate-completion",
    description = {
      "Prints a completion script for a shell; to use it, in bash and zsh:"
          + " source <(ptune generate-completion zsh), in fish:"
          + " ptune generate-completion fish | source"
    })
final class CompletionCommand implements Callable<Integer> {

  @Spec CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "SHELL",
      defaultValue = "bash",
      completionCandidates = Shells.class,
      description = "${COMPLETION-CANDIDATES}. Default: bash.")
  String shell;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  /** The shells, for completion. */
  static final class Shells implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Completion.shells().iterator();
    }
  }

  @Override
  public Integer call() {
    CommandLine ptune = spec.parent().commandLine();
    Completion completion =
        Completion.of(shell)
            .orElseThrow(
                () ->
                    new UsageException(
                        spec.commandLine(),
                        List.of(
                            "SHELL: '"
                                + shell
                                + "'; one of "
                                + String.join(", ", Completion.shells())
                                + " is expected")));
    ptune.getOut().print(completion.script(ptune));
    ptune.getOut().flush();
    return Command.OK;
  }
}
