package org.ptuning4j.backbone;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.LfsPointer;
import org.ptuning4j.hub.ModelOrigin;
import org.ptuning4j.tensor.checkpoint.Checkpoints;
import org.ptuning4j.tensor.checkpoint.ForeignFormat;
import org.ptuning4j.tensor.file.TensorSource;

/** A folder in the Hugging Face layout: {@code config.json} beside weights and tokenizer. */
public final class ModelFolder {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** A configuration is a page of text; anything longer is another file under its name. */
  private static final long LARGEST_CONFIG = 16 << 20;

  private final Path path;
  private final Path weights;
  private final ModelConfig config;

  private ModelFolder(Path path, Path weights, ModelConfig config) {
    this.path = path;
    this.weights = weights;
    this.config = config;
  }

  /**
   * Opens a folder and reads its {@code config.json}.
   *
   * @throws InvalidInputException if there is no such folder or file, or it is not what it should
   *     be
   */
  public static ModelFolder open(Path path) {
    if (!Files.isDirectory(path)) {
      throw InvalidInputException.of(
          "model: %s is not a folder; give a folder with config.json, weights and tokenizer", path);
    }
    Path file = path.resolve("config.json");
    if (!Files.isRegularFile(file)) {
      throw InvalidInputException.of(
          "model: %s %s",
          path, ForeignFormat.of(path).orElse("holds no config.json, so it is no model's folder"));
    }
    return new ModelFolder(path, path, new ModelConfig(file, object(file)));
  }

  /** The JSON object in a file. */
  private static JsonNode object(Path file) {
    try {
      if (Files.size(file) > LARGEST_CONFIG) {
        throw InvalidInputException.of("%s: %d bytes is no configuration", file, Files.size(file));
      }
      byte[] content = Files.readAllBytes(file);
      LfsPointer.refuse(file, content);
      JsonNode config = JSON.readTree(content);
      if (config == null || !config.isObject()) {
        throw InvalidInputException.of("%s: a JSON object is expected", file);
      }
      return config;
    } catch (JsonProcessingException e) {
      throw new InvalidInputException(
          file + ": not valid JSON (" + e.getOriginalMessage() + ")", e);
    } catch (IOException e) {
      throw new InvalidInputException(file + ": cannot be read (" + e.getMessage() + ")", e);
    }
  }

  /** The same model with the weights of another file or folder, as full fine-tuning makes them. */
  public ModelFolder withWeights(Path other) {
    return new ModelFolder(path, other, config);
  }

  /** The folder. */
  public Path path() {
    return path;
  }

  /** Its name, as the backbone's id in packs and results: where it comes from, if that is known. */
  public String name() {
    return ModelOrigin.of(path).orElseGet(this::folderName);
  }

  private String folderName() {
    Path name = path.toAbsolutePath().normalize().getFileName();
    return name == null ? path.toString() : name.toString();
  }

  /** The configuration's file, for messages. */
  public Path configFile() {
    return path.resolve("config.json");
  }

  /** {@code model_type}. */
  public String modelType() {
    return config.modelType();
  }

  /** The weights; the caller closes them. */
  public TensorSource tensors() {
    return Checkpoints.open(weights);
  }

  /** Its configuration. */
  public ModelConfig config() {
    return config;
  }

  /**
   * {@code generation_config.json}; without fields where the folder has none.
   *
   * @throws InvalidInputException if it is no JSON object
   */
  public ModelConfig generationConfig() {
    Path file = path.resolve("generation_config.json");
    return new ModelConfig(
        file, Files.isRegularFile(file) ? object(file) : JSON.createObjectNode());
  }

  /**
   * {@code 1_Pooling/config.json}, with which sentence-transformers says what a model was trained
   * to read of a text; empty where the folder has none.
   *
   * @throws InvalidInputException if it is no JSON object
   */
  public Optional<ModelConfig> poolingConfig() {
    Path file = path.resolve("1_Pooling").resolve("config.json");
    return Files.isRegularFile(file)
        ? Optional.of(new ModelConfig(file, object(file)))
        : Optional.empty();
  }

  /** Whether there is a field, with any value but null. */
  public boolean has(String field) {
    return config.has(field);
  }

  /** The texts of a list; see {@link ModelConfig#texts}. */
  public List<String> texts(String field) {
    return config.texts(field);
  }

  /** A text of the configuration. */
  public Optional<String> text(String field) {
    return config.text(field);
  }

  /** A positive whole number of the configuration; see {@link ModelConfig#size}. */
  public int size(String field) {
    return config.size(field);
  }

  /** A whole number of the configuration, 0 or more; see {@link ModelConfig#sizeOr}. */
  public int sizeOr(String field, int byDefault) {
    return config.sizeOr(field, byDefault);
  }

  /** A truth value of the configuration; see {@link ModelConfig#flagOr}. */
  public boolean flagOr(String field, boolean byDefault) {
    return config.flagOr(field, byDefault);
  }

  /** A number of the configuration; see {@link ModelConfig#numberOr}. */
  public double numberOr(String field, double byDefault) {
    return config.numberOr(field, byDefault);
  }
}
