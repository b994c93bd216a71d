package org.ptuning4j.cli.command;

import java.util.List;
import java.util.Locale;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.cli.terminal.Command;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.cli.terminal.DownloadProgress;
import org.ptuning4j.cli.terminal.TextTable;
import org.ptuning4j.hub.InstalledModel;
import org.ptuning4j.hub.Models;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** {@code ptune models}: what models are on this machine. */
@CommandLine.Command(
    name = "models",
    sortOptions = false,
    description = {
      "Lists the models in the caches of this machine, fetches models into them, and removes them."
          + " The cache of the Hugging Face hub is the one that its Python library keeps: what"
          + " either fetched, both use, and what is removed is gone for both. Models from ONNX"
          + " files and Maven artefacts are kept in a cache of ptune's own.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  ptune models",
      "  ptune models fetch minilm",
      "  ptune models fetch google-bert/bert-base-uncased",
      "  ptune models remove google-bert/bert-base-uncased"
    })
public final class ModelsCommand extends Command {

  private static final String LIST = "list";
  private static final String FETCH = "fetch";
  private static final String REMOVE = "remove";

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "ACTION",
      description = {
        "list (what is meant where nothing is said); fetch: also a newer revision of a model that"
            + " is there; or remove: all revisions, unless one is named."
      })
  String action = LIST;

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "MODEL",
      description = "Which models to fetch or remove, as --model takes them.")
  List<String> names = List.of();

  public ModelsCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() {
    List<String> actions = List.of(LIST, FETCH, REMOVE);
    if (!actions.contains(action)) {
      throw InvalidInputException.of(
          "models: there is no action '%s'; there are: %s", action, String.join(", ", actions));
    }
    if (!action.equals(LIST) && names.isEmpty()) {
      throw InvalidInputException.of(
          "models: say which model to %s, such as google-bert/bert-base-uncased", action);
    }
    try (DownloadProgress progress = new DownloadProgress(console)) {
      Models models = Models.standard(progress);
      switch (action) {
        case LIST -> list(models);
        case FETCH -> names.forEach(name -> console.print(models.fetch(name).toString()));
        default -> names.forEach(name -> remove(models, name));
      }
    }
    return OK;
  }

  private void list(Models models) {
    TextTable table = new TextTable("model", "version", "MB", "folder");
    models.installed().stream()
        .filter(model -> names.isEmpty() || names.contains(model.name()))
        .forEach(model -> row(table, model));
    if (table.isEmpty()) {
      console.print(
          names.isEmpty() ? "No models have been fetched." : "No such model has been fetched.");
    } else {
      table.print(console, "");
    }
  }

  private static void row(TextTable table, InstalledModel model) {
    table.row(
        model.name() + (model.whole() ? "" : " (not whole)"),
        model.version().substring(0, Math.min(12, model.version().length())),
        megabytes(model.bytes()),
        model.folder());
  }

  private void remove(Models models, String name) {
    console.print(
        "Removed " + name + ": " + megabytes(models.remove(name)) + " MB are free again.");
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f", bytes / 1e6);
  }
}
