package org.ptuning4j.tensor.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Recognises folders of other programs, and of other kinds, by the files in them, so that the user
 * is told what a folder is and not only what it lacks.
 */
public final class ForeignFormat {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ONNX = "ONNX";
  private static final long LARGEST_CONFIG = 1 << 20;

  /** A format of weights and what its files are called. */
  private record Weights(String name, Pattern files) {

    static Weights of(String name, String files) {
      return new Weights(name, Pattern.compile(files));
    }
  }

  private static final List<Weights> OTHER_WEIGHTS =
      List.of(
          Weights.of("GGUF", "(?i).+\\.(gguf|ggml)"),
          Weights.of(ONNX, "(?i).+\\.onnx"),
          Weights.of(
              "TensorFlow's", "tf_model.*\\.h5|.+\\.ckpt(-\\d+)?\\.(index|meta|data-.+)|.+\\.pb"),
          Weights.of("Flax's", "flax_model.*\\.msgpack(\\.index\\.json)?"),
          Weights.of("Keras's", ".+\\.(keras|h5)"),
          Weights.of("OpenVINO's", "openvino_model.*\\.xml"),
          Weights.of("Core ML's", ".+\\.(mlpackage|mlmodel)"));

  private ForeignFormat() {}

  /**
   * What a folder is in which nothing usable was found.
   *
   * @return a sentence without its subject, such as {@code is a PEFT adapter …}; empty for a folder
   *     that is not recognised
   */
  public static Optional<String> of(Path folder) {
    if (Files.isRegularFile(folder.resolve("adapter_config.json"))) {
      return Optional.of(peft(folder.resolve("adapter_config.json")));
    }
    if (Files.isRegularFile(folder.resolve("prompt.json"))) {
      return Optional.of("is a pack: a prompt for a model, not a model");
    }
    if (Files.isRegularFile(folder.resolve("run.json"))) {
      return Optional.of(
          "is the folder of a training run"
              + (Files.isDirectory(folder.resolve("pack"))
                  ? "; its pack is in " + folder.resolve("pack")
                  : ""));
    }
    return deepSpeed(folder)
        .or(() -> sentenceTransformers(folder))
        .or(() -> otherWeights(folder))
        .or(() -> trainerCheckpoint(folder))
        .or(() -> modelItself(folder));
  }

  private static String peft(Path file) {
    JsonNode config = read(file);
    return "is a PEFT adapter of type %s for the base model %s, of which a pack has to be made first (import)"
        .formatted(
            config.path("peft_type").asText("(not named)"),
            config.path("base_model_name_or_path").asText("(not named)"));
  }

  /**
   * What is only asked for where something is missing: the weights are there, their names known.
   */
  private static Optional<String> deepSpeed(Path folder) {
    return Files.isRegularFile(folder.resolve(DeepSpeedCheckpoint.FIRST))
            && !Files.isRegularFile(folder.resolve("config.json"))
        ? Optional.of(
            "holds the weights of DeepSpeed's training ("
                + DeepSpeedCheckpoint.FIRST
                + ") and no config.json, which says how large the model is; write one (for GLM,"
                + " docs/models.md has the values)")
        : Optional.empty();
  }

  /** Older ones keep the transformer in a folder of its own. */
  private static Optional<String> sentenceTransformers(Path folder) {
    if (!Files.isRegularFile(folder.resolve("modules.json"))) {
      return Optional.empty();
    }
    return inside(folder)
        .map(
            transformer ->
                "is a sentence-transformers model, whose transformer is in the folder "
                    + transformer
                    + ": give that one");
  }

  private static Optional<Path> inside(Path folder) {
    return list(folder).stream()
        .filter(file -> Files.isRegularFile(file.resolve("config.json")))
        .findFirst();
  }

  private static Optional<String> otherWeights(Path folder) {
    List<Path> files = list(folder);
    for (Weights weights : OTHER_WEIGHTS) {
      for (Path file : files) {
        if (weights.files().matcher(String.valueOf(file.getFileName())).matches()) {
          return Optional.of(
              "holds weights in %s format (%s), which is not read%s save the model as safetensors with a config.json beside it"
                  .formatted(weights.name(), file.getFileName(), otherwise(weights, file)));
        }
      }
    }
    return Optional.empty();
  }

  private static String otherwise(Weights weights, Path file) {
    return weights.name().equals(ONNX)
        ? " from a folder: name the file itself, onnx:" + file + ", or"
        : ";";
  }

  private static Optional<String> trainerCheckpoint(Path folder) {
    boolean trainer =
        Stream.of("trainer_state.json", "optimizer.pt", "scheduler.pt")
            .anyMatch(name -> Files.isRegularFile(folder.resolve(name)));
    return trainer
        ? Optional.of("is a checkpoint of Hugging Face's Trainer without the model itself in it")
        : Optional.empty();
  }

  /** A folder of folders, one of which was probably meant. */
  private static Optional<String> modelItself(Path folder) {
    return inside(folder).map(inner -> "is no model itself, but " + inner + " looks like one");
  }

  private static JsonNode read(Path file) {
    try {
      return Files.size(file) > LARGEST_CONFIG
          ? JSON.createObjectNode()
          : JSON.readTree(Files.readAllBytes(file));
    } catch (IOException e) {
      return JSON.createObjectNode(); // What it is, its name has said already.
    }
  }

  private static List<Path> list(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    } catch (IOException e) {
      return List.of(); // The caller's own message says what was looked for.
    }
  }
}
