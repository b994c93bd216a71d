package org.ptuning4j.cli.shell;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;

/**
 * What an installation of the command brings along for shells and for {@code man}.
 *
 * @param ptune the command with its subcommands
 */
public record ShellFiles(CommandLine ptune) {

  /** Text files by their places below a prefix such as {@code /usr/local}. */
  public Map<String, String> files() {
    Map<String, String> files = new LinkedHashMap<>();
    for (Completion completion : Completion.values()) {
      files.put(completion.place(), completion.script(ptune));
    }
    addPages(files, ptune);
    return files;
  }

  private static void addPages(Map<String, String> files, CommandLine command) {
    ManPage page = new ManPage(command);
    files.put("share/man/man1/" + page.name() + ".1", page.roff());
    command.getSubcommands().values().forEach(below -> addPages(files, below));
  }

  /** Writes them below a folder. */
  public void write(Path folder) throws IOException {
    for (Map.Entry<String, String> file : files().entrySet()) {
      Path target = folder.resolve(file.getKey());
      Files.createDirectories(target.getParent());
      Files.writeString(target, file.getValue(), StandardCharsets.UTF_8);
    }
  }
}
