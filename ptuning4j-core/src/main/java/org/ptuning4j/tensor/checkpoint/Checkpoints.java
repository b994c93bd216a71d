package org.ptuning4j.tensor.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.tensor.file.FileBytes;
import org.ptuning4j.tensor.file.Quoted;
import org.ptuning4j.tensor.file.SafetensorsFile;
import org.ptuning4j.tensor.file.TensorSource;
import org.ptuning4j.tensor.pickle.TorchPickleFile;

/** Finds a model's weights in its folder, in any of the formats that can be read. */
public final class Checkpoints {

  /** The names that are looked for, the safe and fast formats first. */
  private static final List<String> NAMES =
      List.of(
          "model.safetensors",
          "model.safetensors.index.json",
          "pytorch_model.bin",
          "pytorch_model.bin.index.json",
          DeepSpeedCheckpoint.FIRST);

  private Checkpoints() {}

  /**
   * Opens a model's weights.
   *
   * @param path a model's folder, or one file: a checkpoint ({@code .safetensors}, {@code .bin},
   *     {@code .pt}, {@code .pth}, {@code .ckpt}) or an index of shards ({@code .json})
   * @throws InvalidInputException if there is no such path, the folder holds none of the usual
   *     names, or the file is damaged
   */
  public static TensorSource open(Path path) {
    if (!Files.exists(path)) {
      throw InvalidInputException.of(
          "%s does not exist; a model's folder or file is expected", path);
    }
    if (!Files.isDirectory(path)) {
      return openFile(path);
    }
    for (String name : NAMES) {
      Path file = path.resolve(name);
      if (Files.exists(file)) {
        DeepSpeedCheckpoint.requireWhole(file);
        return openFile(file);
      }
    }
    throw InvalidInputException.of(
        "%s %s; looked for %s; it holds %s",
        path,
        ForeignFormat.of(path).orElse("holds no model weights"),
        String.join(", ", NAMES),
        contents(path));
  }

  /** Opens one file, according to the ending of its name. */
  static TensorSource openFile(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    if (name.endsWith(".safetensors")) {
      return SafetensorsFile.open(file);
    }
    if (name.endsWith(".json")) {
      return ShardedTensors.open(file);
    }
    if (Stream.of(".bin", ".pt", ".pth", ".ckpt").anyMatch(name::endsWith)) {
      return TorchPickleFile.open(file);
    }
    throw InvalidInputException.of(
        "%s: weights are read from .safetensors, .bin, .pt, .pth, .ckpt and .index.json files",
        file);
  }

  private static String contents(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      List<String> names = files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
      return names.isEmpty() ? "nothing" : Quoted.names(names);
    } catch (IOException e) {
      throw FileBytes.unreadable(folder, e);
    }
  }
}
