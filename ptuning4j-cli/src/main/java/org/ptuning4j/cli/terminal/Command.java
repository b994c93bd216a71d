package org.ptuning4j.cli.terminal;

import java.util.concurrent.Callable;
import picocli.CommandLine.Option;

/** What all commands share: where they write, {@code --help} and {@code --debug}. */
public abstract class Command implements Callable<Integer> {

  /** All went well. */
  public static final int OK = 0;

  /** Something failed that is not the input's fault. */
  public static final int UNEXPECTED = 1;

  /** The command line, a file or a row is not usable. */
  public static final int BAD_INPUT = 2;

  /** Where the command reads and writes. */
  public final Console console;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      order = 1000,
      description = "Show this help.")
  boolean help;

  @Option(names = "--debug", order = 1001, description = "Show the stack trace of an error.")
  boolean debug;

  public Command(Console console) {
    this.console = console;
  }
}
