package org.ptuning4j.cli.terminal;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.cli.arguments.UsageException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Turns what went wrong into one message and an exit code. */
public final class Failures {

  private final Console console;
  private final boolean debug;

  public Failures(Console console, boolean debug) {
    this.console = console;
    this.debug = debug;
  }

  /** What people type for a setting, such as {@code --max-length}. */
  public static String option(String setting) {
    return "--" + setting;
  }

  /** Reports a wrong command line. */
  public int usage(ParameterException e) {
    CommandLine command = e.getCommandLine();
    if (e instanceof UsageException all) {
      all.problems().forEach(problem -> console.say("ptune: " + problem));
    } else {
      console.say("ptune: " + firstLine(e));
    }
    console.say(
        "Type `" + command.getCommandSpec().qualifiedName() + " --help` for options and examples.");
    trace(e);
    return Command.BAD_INPUT;
  }

  /** Reports what a command threw. */
  public int report(Throwable problem) {
    if (problem instanceof ClosedPipeException) {
      return Command.OK;
    }
    if (problem instanceof InvalidInputException wrong) {
      console.say("ptune: " + wrong.message(Failures::option));
      trace(problem);
      return Command.BAD_INPUT;
    }
    if (problem instanceof UncheckedIOException || problem instanceof IOException) {
      console.say("ptune: " + withReason(problem));
    } else if (problem instanceof OutOfMemoryError) {
      console.say(
          "ptune: out of memory ("
              + problem.getMessage()
              + "); try a smaller --batch or a shorter --max-length, or give Java more memory:"
              + " PTUNE_JAVA_OPTS=-Xmx4g");
    } else {
      console.say("ptune: unexpected: " + problem.getClass().getSimpleName() + described(problem));
    }
    if (!debug) {
      console.say("Add --debug to see where.");
    }
    trace(problem);
    return Command.UNEXPECTED;
  }

  private void trace(Throwable problem) {
    if (debug) {
      problem.printStackTrace(console.err());
    }
  }

  /** libtorch adds a native stack to its messages: the first line is for people. */
  private static String described(Throwable problem) {
    return problem.getMessage() == null ? "" : ": " + firstLine(problem);
  }

  private static String firstLine(Throwable problem) {
    return String.valueOf(problem.getMessage()).lines().findFirst().orElse("");
  }

  /** The message with the file system's own words, such as "No space left on device". */
  private static String withReason(Throwable problem) {
    StringBuilder text = new StringBuilder(String.valueOf(problem.getMessage()));
    for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
      String reason = reason(cause);
      if (reason != null && text.indexOf(reason) < 0) {
        text.append(": ").append(reason);
      }
    }
    return text.toString();
  }

  private static String reason(Throwable cause) {
    return cause instanceof IOException failure ? FailureReason.of(failure) : cause.getMessage();
  }
}
