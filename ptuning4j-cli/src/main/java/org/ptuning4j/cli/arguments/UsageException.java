package org.ptuning4j.cli.arguments;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** A command line that cannot be understood, with all that is wrong with it. */
public final class UsageException extends ParameterException {

  private static final long serialVersionUID = 1L;

  private final transient List<String> problems;

  /**
   * The exception.
   *
   * @param command the command whose help is pointed to
   * @param problems one sentence each, one at least
   */
  public UsageException(CommandLine command, List<String> problems) {
    super(command, String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /** What is wrong, one sentence each. */
  public List<String> problems() {
    return problems;
  }
}
