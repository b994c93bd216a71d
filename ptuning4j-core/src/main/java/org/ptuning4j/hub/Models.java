package org.ptuning4j.hub;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.hub.download.DownloadListener;
import org.ptuning4j.hub.download.Retries;
import org.ptuning4j.hub.download.WebClient;
import org.ptuning4j.hub.huggingface.CachedSnapshot;
import org.ptuning4j.hub.huggingface.HubModels;
import org.ptuning4j.hub.huggingface.HubName;
import org.ptuning4j.hub.huggingface.HubSettings;
import org.ptuning4j.tensor.Torch;

/**
 * Finds models by what a person calls them: a folder, the name of a model that comes with the
 * library, or a model of the Hugging Face hub.
 */
public final class Models {

  private final List<EmbeddedModel> embedded;
  private final Path cache;
  private final Supplier<HubModels> hub;

  /**
   * A finder.
   *
   * @param embedded the models that need no files of the user's
   * @param cache where they are unpacked
   * @param hub models of the Hugging Face hub; only asked for when one is named
   */
  public Models(List<EmbeddedModel> embedded, Path cache, Supplier<HubModels> hub) {
    this.embedded = List.copyOf(embedded);
    this.cache = cache;
    this.hub = hub;
  }

  /**
   * All models, as the process's environment says where they are.
   *
   * @param listener told when something has to be fetched
   */
  public static Models standard(DownloadListener listener) {
    return new Models(
        List.of(EmbeddedModel.bertMini()),
        Torch.cacheFolder().resolve("models"),
        () -> hub(System.getenv(), listener));
  }

  private static HubModels hub(Map<String, String> environment, DownloadListener listener) {
    HubSettings settings = HubSettings.of(environment, Path.of(System.getProperty("user.home")));
    WebClient web = new WebClient(environment, settings.token(), settings.patience());
    return new HubModels(settings, web, Retries.standard(), listener);
  }

  /**
   * The folder of a model, which is fetched if it is not on this machine. An existing folder wins
   * over a model of the same name.
   *
   * @param idOrPath a folder, {@code bert-mini}, or {@code owner/name[@revision]} on the hub
   * @throws InvalidInputException if there is none; the message says what was looked for
   */
  public static Path resolve(String idOrPath) {
    return standard(DownloadListener.SILENT).folder(idOrPath);
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
    Optional<HubName> onHub = onHub(idOrPath);
    if (onHub.isPresent()) {
      return hub.get().folder(onHub.get());
    }
    throw Files.exists(path)
        ? InvalidInputException.of(
            "model: %s is a file; give the folder that holds it with config.json and tokenizer",
            path)
        : unknown(idOrPath, path);
  }

  /**
   * Fetches a model that is not here, and a newer revision of one that is.
   *
   * @return its folder
   * @throws InvalidInputException if there is no such model; see {@link #folder}
   */
  public Path fetch(String name) {
    Optional<HubName> onHub = onHub(name);
    return onHub.isPresent() ? hub.get().fetch(onHub.get()) : folder(name);
  }

  /** The models in the caches, whatever program fetched them. */
  public List<InstalledModel> installed() {
    return hub.get().cached().stream().map(Models::installed).toList();
  }

  private static InstalledModel installed(CachedSnapshot snapshot) {
    HubName model = snapshot.model();
    String name =
        snapshot.refs().contains(HubName.MAIN)
            ? model.repository()
            : snapshot.refs().isEmpty()
                ? model.toString()
                : model.at(snapshot.refs().get(0)).toString();
    return new InstalledModel(
        name, model.revision(), snapshot.folder(), snapshot.bytes(), snapshot.whole());
  }

  /**
   * Deletes a model from its cache. One of the hub goes with all its revisions, unless one is
   * named.
   *
   * @return how many bytes that frees
   * @throws InvalidInputException if no cache holds it
   */
  public long remove(String name) {
    return onHub(name)
        .map(model -> hub.get().remove(model, !name.contains("@")))
        .orElse(OptionalLong.empty())
        .orElseThrow(() -> InvalidInputException.of("model: no cache holds %s", name));
  }

  private Optional<HubName> onHub(String name) {
    return Files.exists(path(name)) ? Optional.empty() : HubName.parse(name);
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
            + " (%s); a folder must hold config.json, the weights and the tokenizer; models of the"
            + " Hugging Face hub are named owner/name",
        idOrPath,
        path.toAbsolutePath(),
        embedded.stream().map(EmbeddedModel::name).collect(Collectors.joining(", ")));
  }
}
