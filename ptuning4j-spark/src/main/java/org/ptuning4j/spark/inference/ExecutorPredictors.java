package org.ptuning4j.spark.inference;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.tensor.engine.Precision;

/**
 * The models in an executor's memory: each once, whatever tasks ask it. Spark makes no object that
 * lives as long as an executor, so this is the one place of a JVM that keeps something between
 * tasks. It ends with the process.
 */
final class ExecutorPredictors {

  private static final ExecutorPredictors OF_THIS_PROCESS = new ExecutorPredictors();

  private final Map<String, Loaded> loaded = new HashMap<>();

  private ExecutorPredictors() {}

  /** A model and the packs that were added to it, by their contents. */
  private record Loaded(Predictor predictor, Set<String> packs) {}

  /** Those of this executor. */
  static ExecutorPredictors here() {
    return OF_THIS_PROCESS;
  }

  /**
   * A predictor that knows packs, each under the name that {@link PackContent#key} gives it.
   *
   * @param model the model's folder at this machine
   */
  synchronized Predictor of(String model, Precision precision, Iterable<PackContent> packs) {
    Loaded found =
        loaded.computeIfAbsent(
            model + "\n" + precision,
            key -> {
              requireModel(model);
              return new Loaded(Predictor.open(Path.of(model), precision), new HashSet<>());
            });
    for (PackContent pack : packs) {
      if (!found.packs().contains(pack.key())) {
        add(found.predictor(), pack);
        found.packs().add(pack.key());
      }
    }
    return found.predictor();
  }

  private static void requireModel(String model) {
    if (!Files.isDirectory(Path.of(model))) {
      throw InvalidInputException.of(
          "model: there is no folder %s at this executor; it has to be there on every machine, or"
              + " on storage that all share",
          model);
    }
  }

  private static void add(Predictor predictor, PackContent pack) {
    try {
      Path folder = Files.createTempDirectory("ptuning4j-pack");
      try {
        pack.files().writeTo(folder);
        predictor.add(pack.key(), folder);
      } finally {
        delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("no folder for a pack can be made", e);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}
