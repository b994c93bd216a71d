package org.ptuning4j.cli.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.cli.options.Choices;
import org.ptuning4j.cli.options.TaskFile;
import org.ptuning4j.cli.terminal.Command;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.cli.terminal.ShellWords;
import org.ptuning4j.task.standard.TaskTemplates;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ptune init-task}: a description of a task to start from. */
@CommandLine.Command(
    name = "init-task",
    sortOptions = false,
    description = {
      "Writes a YAML file that describes a task, with every field explained, to be changed to what"
          + " your data looks like. `--task FILE.yaml` then takes it wherever a built-in task's"
          + " name would stand.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  A task on labelled texts:",
      "    ptune init-task reviews.yaml",
      "  Another kind; which ones there are:",
      "    ptune init-task people.yaml --kind entities",
      "    ptune init-task --list"
    })
public final class InitTaskCommand extends Command {

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE.yaml",
      description = "The file to write; one that is there is never overwritten.")
  Path file;

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      completionCandidates = Choices.TaskKindNames.class,
      description = "What kind of task: ${COMPLETION-CANDIDATES}. Default: the first.")
  String kind = TaskTemplates.kinds().get(0);

  @Option(names = "--list", description = "List the kinds, and write nothing.")
  boolean list;

  public InitTaskCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() {
    if (list) {
      TaskTemplates.kinds().forEach(console::print);
      return OK;
    }
    if (file == null) {
      throw new InvalidInputException(
          "file: say which file to write, such as task.yaml (or --list the kinds)");
    }
    if (!TaskFile.isFile(file.toString())) {
      throw InvalidInputException.of(
          "file: %s must end with .yaml or .yml, by which --task tells files from names", file);
    }
    write(TaskTemplates.commented(kind));
    String name = ShellWords.quoted(file.toString());
    console.print("Wrote " + file + " (" + kind + "). Change it to what your data looks like.");
    console.print("");
    console.print("Next:");
    console.print("  ptune check-data train.jsonl --dev dev.jsonl --task " + name);
    console.print(
        "  ptune train --model bert-mini --task "
            + name
            + " --train train.jsonl --dev dev.jsonl --out runs/first");
    return OK;
  }

  private void write(String text) {
    try {
      Path parent = file.toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      Files.writeString(file, text, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW);
    } catch (FileAlreadyExistsException e) {
      throw new InvalidInputException(
          "file: " + file + " is there already and is not overwritten; choose another name", e);
    } catch (IOException e) {
      throw new InvalidInputException(
          "file: " + file + " cannot be written (" + FailureReason.of(e) + ")", e);
    }
  }
}
