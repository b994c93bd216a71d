package org.ptuning4j.cli.command;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.cli.options.ModelLookup;
import org.ptuning4j.cli.options.PackFolders;
import org.ptuning4j.cli.terminal.Command;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.cli.terminal.Figures;
import org.ptuning4j.cli.terminal.Json;
import org.ptuning4j.cli.terminal.ShellWords;
import org.ptuning4j.cli.terminal.TextTable;
import org.ptuning4j.tensor.checkpoint.ForeignFormat;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ptune inspect}: what a folder is, and whether it is whole. */
@CommandLine.Command(
    name = "inspect",
    sortOptions = false,
    description = {
      "Shows and checks a folder: a model (sizes, tokenizer, every tensor against what its"
          + " config.json asks for), a pack (what it is, where it comes from, whether it fits a"
          + " model) or a run (its result).",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  ptune inspect bert-mini --tensors",
      "  ptune inspect runs/sst2/pack --model bert-mini",
      "  ptune inspect runs/sst2"
    })
public final class InspectCommand extends Command {

  private static final MathContext SIX_DIGITS = new MathContext(6);

  @Parameters(paramLabel = "DIR", description = "A model (or bert-mini), a pack, or a run.")
  String folder;

  @Option(names = "--tensors", description = "List every tensor.")
  boolean tensors;

  @Option(
      names = "--model",
      paramLabel = ModelLookup.LABEL,
      description = "For a pack: check that it belongs to this model.")
  String model;

  @Option(names = "--json", description = "Print JSON instead of tables.")
  boolean json;

  public InspectCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() {
    Path given =
        PackFolders.isPublished(folder) ? PackFolders.find(Path.of(folder)) : Path.of(folder);
    if (Files.exists(given.resolve("prompt.json"))) {
      return new PackInspection(console, given, tensors).run(model, json);
    }
    if (Files.exists(given.resolve("result.json")) || Files.exists(given.resolve("run.json"))) {
      return inspectRun(given);
    }
    Path modelFolder = ModelLookup.folder(console, folder);
    if (!Files.exists(modelFolder.resolve("config.json"))) {
      throw InvalidInputException.of(
          "%s %s",
          modelFolder,
          ForeignFormat.of(modelFolder)
              .orElse(
                  "is neither a model (no config.json) nor a pack (no prompt.json) nor a run (no"
                      + " run.json)"));
    }
    return new ModelInspection(console, modelFolder, tensors).run(json);
  }

  private int inspectRun(Path run) {
    Path result = run.resolve("result.json");
    boolean ended = Files.exists(result);
    Map<String, Object> facts = read(ended ? result : run.resolve("run.json"));
    if (json) {
      console.print(new Json().page(facts));
      return OK;
    }
    console.print(run + ": a run" + (ended ? "" : " without a result; --resume goes on with it"));
    TextTable table = new TextTable();
    flatten("", facts).forEach(table::row);
    table.print(console, "  ");
    if (Files.exists(run.resolve("pack").resolve("prompt.json"))) {
      console.print("Its pack: ptune inspect " + ShellWords.quoted(run.resolve("pack").toString()));
    }
    return OK;
  }

  private static Map<String, Object> read(Path file) {
    try {
      return new ObjectMapper()
          .readValue(Files.readAllBytes(file), new TypeReference<Map<String, Object>>() {});
    } catch (IOException e) {
      throw new InvalidInputException(file + ": cannot be read (" + FailureReason.of(e) + ")", e);
    }
  }

  /** No more digits than say something. */
  private static Object rounded(double number) {
    return Double.isFinite(number)
        ? new BigDecimal(number).round(SIX_DIGITS).doubleValue()
        : Figures.UNDEFINED;
  }

  /** {@code {"a": {"b": 1}}} as {@code a.b = 1}; numbers have six digits. */
  static Map<String, Object> flatten(String prefix, Map<?, ?> map) {
    Map<String, Object> flat = new LinkedHashMap<>();
    map.forEach(
        (key, value) -> {
          String name = prefix.isEmpty() ? key.toString() : prefix + "." + key;
          if (value instanceof Map<?, ?> inner && !inner.isEmpty()) {
            flat.putAll(flatten(name, inner));
          } else {
            flat.put(name, value instanceof Double number ? rounded(number) : value);
          }
        });
    return flat;
  }
}
