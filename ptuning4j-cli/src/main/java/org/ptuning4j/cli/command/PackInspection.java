package org.ptuning4j.cli.command;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.cli.options.ModelLookup;
import org.ptuning4j.cli.terminal.Command;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.cli.terminal.Figures;
import org.ptuning4j.cli.terminal.Json;
import org.ptuning4j.cli.terminal.TextTable;
import org.ptuning4j.pack.Pack;
import org.ptuning4j.tensor.checkpoint.Checkpoints;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.file.TensorSource;

/** Shows a pack: what it says of itself, its files and tensors, and whether it fits a model. */
final class PackInspection {

  private final Console console;
  private final Path path;
  private final boolean tensors;

  PackInspection(Console console, Path path, boolean tensors) {
    this.console = console;
    this.path = path;
    this.tensors = tensors;
  }

  /**
   * Prints what there is; returns the exit code.
   *
   * @param model the model that it should fit; {@code null} for none
   * @throws org.ptuning4j.InvalidInputException if the pack is damaged, or does not fit
   */
  int run(String model, boolean json) {
    Pack pack = Pack.open(path);
    Map<String, Object> facts =
        new ObjectMapper().convertValue(pack.facts(), new TypeReference<Map<String, Object>>() {});
    Map<String, Object> files = new LinkedHashMap<>();
    Map<String, String> shapes = new LinkedHashMap<>();
    files.put("prompt.json", size("prompt.json"));
    for (String file : pack.facts().tensors().keySet()) {
      files.put(file, size(file));
      try (TensorSource source = Checkpoints.open(path.resolve(file))) {
        source.names().forEach(name -> shapes.put(name, source.info(name).describe()));
      }
    }
    if (model != null) {
      requireFit(pack, model);
    }
    if (json) {
      Map<String, Object> all = new LinkedHashMap<>(facts);
      all.put("bytes", files);
      all.put("shapes", shapes);
      all.put("fits", model);
      console.print(new Json().page(all));
    } else {
      print(facts, files, shapes, model);
    }
    return Command.OK;
  }

  private void requireFit(Pack pack, String model) {
    ModelFolder folder = ModelFolder.open(ModelLookup.folder(console, model));
    try (Backbone backbone = BackboneFamilies.installed().load(folder, Engine.reference())) {
      pack.requireBackbone(backbone, folder.name());
    }
  }

  private long size(String file) {
    try {
      return Files.size(path.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(path.resolve(file) + " cannot be read", e);
    }
  }

  private void print(
      Map<String, Object> facts,
      Map<String, Object> files,
      Map<String, String> shapes,
      String model) {
    long bytes = files.values().stream().mapToLong(size -> (long) size).sum();
    console.print(path + ": a pack of " + Figures.bytes(bytes) + ", its files are whole");
    TextTable table = new TextTable();
    InspectCommand.flatten("", facts).forEach(table::row);
    table.print(console, "  ");
    console.print("files");
    TextTable sizes = new TextTable();
    files.forEach((file, size) -> sizes.row(file, Figures.bytes((long) size)));
    sizes.print(console, "  ");
    console.print(Figures.count(shapes.size(), "tensor"));
    TextTable listed = new TextTable();
    shapes.entrySet().stream()
        .limit(tensors ? Long.MAX_VALUE : 8)
        .forEach(tensor -> listed.row(tensor.getKey(), tensor.getValue()));
    listed.print(console, "  ");
    if (!tensors && shapes.size() > 8) {
      console.print("  … --tensors shows them all");
    }
    if (model != null) {
      console.print("It belongs to " + model + ".");
    }
  }
}
