package org.ptuning4j.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.ptuning4j.cli.terminal.Console;

/** One run of a command inside this process. */
public record Run(int code, String out, String err) {

  public static Run of(String... args) {
    return withInput("", args);
  }

  static Run withInput(String input, String... args) {
    return of(input, false, args);
  }

  /** A run whose results are looked at on a terminal. */
  static Run onATerminal(String... args) {
    return of("", true, args);
  }

  private static Run of(String input, boolean showsResults, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console =
        new Console(
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            out,
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            showsResults);
    int code = Main.run(console, args);
    return new Run(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  List<String> lines() {
    return out.lines().toList();
  }
}
