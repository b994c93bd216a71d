package org.ptuning4j.cli;

import java.util.concurrent.Callable;
import org.ptuning4j.cli.terminal.Command;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ptune generate-completion}: what the shell needs to complete what is typed. */
@CommandLine.Command(
    name = "generate-completion",
    description = {
      "Prints a completion script for bash and zsh; to use it: source <(ptune generate-completion)"
    })
final class CompletionCommand implements Callable<Integer> {

  @Spec CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  @Override
  public Integer call() {
    CommandLine ptune = spec.parent().commandLine();
    ptune.getOut().print(new BashCompletion(ptune).script());
    ptune.getOut().flush();
    return Command.OK;
  }
}
