package org.ptuning4j.cli.terminal;

/** Arguments as a shell wants them typed. */
public final class ShellWords {

  private ShellWords() {}

  /** An argument, in quotation marks where it needs them. */
  public static String quoted(String argument) {
    return argument.matches("[A-Za-z0-9_@%+=:,./-]+")
        ? argument
        : "'" + argument.replace("'", "'\\''") + "'";
  }
}
