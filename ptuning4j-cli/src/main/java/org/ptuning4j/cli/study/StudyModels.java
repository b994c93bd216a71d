package org.ptuning4j.cli.study;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.cli.options.ModelLookup;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.study.cell.Cell;
import org.ptuning4j.study.run.StudyRun;

/**
 * The models of a study.
 *
 * @param folders one or more with different names, in the order in which they were given
 */
record StudyModels(List<ModelFolder> folders) {

  /**
   * Copies the folders.
   *
   * @throws InvalidInputException if two are the same folder, or have the same name
   */
  StudyModels {
    folders = List.copyOf(folders);
    Map<String, ModelFolder> byName = new HashMap<>();
    for (ModelFolder folder : folders) {
      ModelFolder other = byName.put(folder.name(), folder);
      if (other != null && same(other, folder)) {
        throw twice(folder.path().toString());
      }
      if (other != null) {
        throw InvalidInputException.of(
            "model: %s and %s are both called '%s', so that a table could not tell them apart;"
                + " rename the folder of one",
            other.path(), folder.path(), folder.name());
      }
    }
  }

  /**
   * Finds models, and fetches those that have to be.
   *
   * @param asked what was typed
   * @throws InvalidInputException if one is not found, or is there twice
   */
  static StudyModels find(Console console, List<String> asked) {
    Set<String> seen = new HashSet<>();
    for (String model : asked) {
      if (!seen.add(model)) {
        throw twice(model);
      }
    }
    List<ModelFolder> folders = new ArrayList<>();
    for (String model : asked) {
      folders.add(ModelFolder.open(ModelLookup.folder(console, model)));
    }
    return new StudyModels(folders);
  }

  private static boolean same(ModelFolder one, ModelFolder other) {
    return one.path()
        .toAbsolutePath()
        .normalize()
        .equals(other.path().toAbsolutePath().normalize());
  }

  private static InvalidInputException twice(String model) {
    return InvalidInputException.of("model: '%s' is there twice", model);
  }

  /** Whether it has to be said which model a cell is on. */
  boolean several() {
    return folders.size() > 1;
  }

  /** The model of a study of one. */
  ModelFolder only() {
    if (several()) {
      throw new IllegalStateException("there are several models: " + names());
    }
    return folders.get(0);
  }

  /** The names of all. */
  String names() {
    return folders.stream().map(ModelFolder::name).collect(Collectors.joining(", "));
  }

  /** The name of a run's model. */
  String name(StudyRun run) {
    return folders.stream()
        .filter(folder -> folder.path().equals(run.model()))
        .map(ModelFolder::name)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(run.model() + " is no model of the study"));
  }

  /** The cells of a plan with the names of their models. */
  List<Cell> named(List<StudyRun> plan, List<Cell> cells) {
    List<Cell> named = new ArrayList<>();
    for (int i = 0; i < cells.size(); i++) {
      named.add(cells.get(i).onModel(name(plan.get(i))));
    }
    return named;
  }
}
