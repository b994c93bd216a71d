package org.ptuning4j.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.ptuning4j.cli.shell.ShellFiles;
import org.ptuning4j.cli.study.CellPlace;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.cli.terminal.Failures;

/** Writes completions and manual pages into a folder, for the build of the archives. */
public final class InstalledFiles {

  private InstalledFiles() {}

  /** Takes the folder, which is the prefix of an installation. */
  public static void main(String[] args) throws IOException {
    Console console = Console.system();
    Failures failures = new Failures(console, false);
    new ShellFiles(Main.commandLine(console, failures, List.of(), CellPlace.HERE))
        .write(Path.of(args[0]));
  }
}
