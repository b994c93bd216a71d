package org.ptuning4j.hub;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.tensor.Torch;

/**
 * Finds models by what a person calls them: a folder, or the name of a model that comes with the
 * library.
 */
public final class Models {

  private final List<EmbeddedModel> embedded;
  private final Path cache;

  /**
   * A finder.
   *
   * @param embedded the models that need no files of the user's
   * @param cache where they are unpacked
   */
  public Models(List<EmbeddedModel> embedded, Path cache) {
    this.embedded = List.copyOf(embedded);
    this.cache = cache;
  }

  /** The models that come with the library, unpacked to this project's cache folder. */
  public static Models standard() {
    return new Models(List.of(EmbeddedModel.bertMini()), Torch.cacheFolder().resolve("models"));
  }

  /**
   * The folder of a model. An existing folder wins over an embedded model of the same name.
   *
   * @param idOrPath a folder, or {@code bert-mini}
   * @throws InvalidInputException if there is neither; the message says what was looked for
   */
  public static Path resolve(String idOrPath) {
    return standard().folder(idOrPath);
  }

  /**
   * The folder of a model, see {@link #resolve}.
   *
   * @throws InvalidInputException if there is no such model
   */
  public Path folder(String idOrPath) {
    Path path = path(idOrPath);
    if (Files.isDirectory(path)) {
      return path;
    }
    for (EmbeddedModel model : embedded) {
      if (model.name().equals(idOrPath)) {
        return model.unpackInto(cache);
      }
    }
    throw Files.exists(path)
        ? InvalidInputException.of(
            "model: %s is a file; give the folder that holds it with config.json and tokenizer",
            path)
        : unknown(idOrPath, path);
  }

  private static Path path(String idOrPath) {
    if (idOrPath.isBlank()) {
      throw new InvalidInputException("model: the name is empty; give a folder or bert-mini");
    }
    try {
      return Path.of(idOrPath);
    } catch (InvalidPathException e) {
      throw new InvalidInputException(
          "model: '" + idOrPath + "' cannot be the name of a folder (" + e.getReason() + ")", e);
    }
  }

  private InvalidInputException unknown(String idOrPath, Path path) {
    return InvalidInputException.of(
        "model: '%s' is neither a folder (looked for %s) nor a model that comes with ptuning4j"
            + " (%s); a folder must hold config.json, the weights and the tokenizer",
        idOrPath,
        path.toAbsolutePath(),
        embedded.stream().map(EmbeddedModel::name).collect(Collectors.joining(", ")));
  }
}
