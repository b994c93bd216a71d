package org.ptuning4j.hub.dataset;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.hub.download.DownloadListener;
import org.ptuning4j.hub.download.FileDownload;
import org.ptuning4j.hub.download.RefusedException;
import org.ptuning4j.hub.download.RemoteFile;
import org.ptuning4j.hub.download.Retries;
import org.ptuning4j.hub.download.WebClient;
import org.ptuning4j.hub.huggingface.HubSettings;
import org.ptuning4j.hub.store.FolderStore;
import org.ptuning4j.hub.store.Origin;
import org.ptuning4j.hub.store.SafeArchive;
import org.ptuning4j.tensor.Torch;

/** The data of built-in tasks, fetched from where their authors publish them, once. */
public final class DataSets {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final FolderStore store;
  private final Path parts;
  private final WebClient web;
  private final Retries retries;
  private final boolean offline;
  private final DownloadListener listener;

  /**
   * Data sets in a cache.
   *
   * @param cache its folder
   * @param web the way to the servers
   * @param offline whether nothing may be fetched
   * @param listener told about the progress
   */
  public DataSets(
      Path cache, WebClient web, Retries retries, boolean offline, DownloadListener listener) {
    this.store = new FolderStore(cache, listener);
    this.parts = cache.resolve(".parts");
    this.web = web;
    this.retries = retries;
    this.offline = offline;
    this.listener = listener;
  }

  /** Data sets in this project's cache, as the process's environment allows. */
  public static DataSets standard(DownloadListener listener) {
    Map<String, String> environment = System.getenv();
    return new DataSets(
        Torch.cacheFolder().resolve("data"),
        new WebClient(environment, Optional.empty(), PATIENCE),
        Retries.standard(),
        HubSettings.isOffline(environment),
        listener);
  }

  /**
   * A task's files.
   *
   * @param train rows to train on
   * @param dev rows to evaluate on
   */
  public record TaskFiles(Path train, Path dev) {}

  /** The tasks whose data can be fetched. */
  public static List<String> tasks() {
    return List.copyOf(PublishedData.tasks());
  }

  /** Whether a task's data can be fetched. */
  public static boolean has(String task) {
    return PublishedData.of(task).isPresent();
  }

  /**
   * A task's files, fetched if they are not there.
   *
   * @throws InvalidInputException if the task's data is not among those that can be fetched, or has
   *     nothing to train on, or nothing may be fetched
   * @throws UncheckedIOException if the server cannot be reached, or now has other files
   */
  public TaskFiles files(String task) {
    return files(published(task));
  }

  /** A task's file to evaluate on; fetched, and failing, as {@link #files} says. */
  public Path evaluation(String task) {
    PublishedData data = published(task);
    return folder(data).resolve(data.dev());
  }

  private static PublishedData published(String task) {
    return PublishedData.of(task)
        .orElseThrow(
            () ->
                InvalidInputException.of(
                    "data: there is nothing to fetch for task '%s', only for %s; give its files",
                    task, String.join(", ", PublishedData.tasks())));
  }

  TaskFiles files(PublishedData data) {
    String train =
        data.train()
            .orElseThrow(
                () ->
                    InvalidInputException.of(
                        "data: task '%s' is published without rows to train on; train a task with"
                            + " its labels, such as rte, and evaluate that as '%s'",
                        data.task(), data.task()));
    Path folder = folder(data);
    return new TaskFiles(folder.resolve(train), folder.resolve(data.dev()));
  }

  private Path folder(PublishedData data) {
    return store.get(data.task(), made -> fetch(data, made));
  }

  private Origin fetch(PublishedData data, Path folder) {
    if (offline) {
      throw InvalidInputException.of(
          "data: the files of task '%s' are not here, and HF_HUB_OFFLINE forbids to fetch them;"
              + " give the files, or unset it",
          data.task());
    }
    long bytes = data.files().stream().mapToLong(PublishedFile::size).sum();
    long present = data.files().stream().mapToLong(file -> present(data, file)).sum();
    listener.started(data.task() + "'s data", bytes, present);
    try {
      for (PublishedFile file : data.files()) {
        fetch(data, file);
      }
      for (PublishedFile file : data.files()) {
        place(file, whole(data, file), folder);
      }
    } catch (IOException e) {
      throw failed(data, e);
    } finally {
      listener.finished();
    }
    return new Origin(data.files().get(0).uri().toString(), data.files().get(0).checksum().hex());
  }

  /** Where a file's bytes are collected: they outlive a fetch that breaks off. */
  private Path part(PublishedData data, PublishedFile file) {
    return parts.resolve(data.task() + "--" + file.name() + ".incomplete");
  }

  /** Where a file waits for the others of its task. */
  private Path whole(PublishedData data, PublishedFile file) {
    return parts.resolve(data.task() + "--" + file.name());
  }

  private long present(PublishedData data, PublishedFile file) {
    return Files.exists(whole(data, file))
        ? file.size()
        : FileDownload.present(part(data, file), file.size());
  }

  private void fetch(PublishedData data, PublishedFile file) throws IOException {
    Path whole = whole(data, file);
    if (Files.exists(whole)) {
      if (file.checksum().fits(whole)) {
        return;
      }
      Files.delete(whole);
    }
    Files.createDirectories(parts);
    RemoteFile remote =
        new RemoteFile(
            file.uri().toString(), file.uri(), Optional.empty(), file.size(), file.checksum());
    new FileDownload(web, retries, listener).fetch(remote, part(data, file), whole);
  }

  private static void place(PublishedFile file, Path whole, Path folder) throws IOException {
    if (file.isArchive()) {
      unpack(file, whole, folder);
      Files.delete(whole);
    } else {
      Files.move(whole, folder.resolve(file.name()), StandardCopyOption.ATOMIC_MOVE);
    }
  }

  /** The wanted entries; of several with one name the one in the fewest folders. */
  private static void unpack(PublishedFile file, Path archive, Path folder) throws IOException {
    try (SafeArchive zip = SafeArchive.open(archive)) {
      for (Map.Entry<String, String> wanted : file.entries().entrySet()) {
        String entry =
            zip.names().stream()
                .filter(
                    name -> name.equals(wanted.getKey()) || name.endsWith("/" + wanted.getKey()))
                .min(
                    java.util.Comparator.comparingLong(
                        name -> name.chars().filter(c -> c == '/').count()))
                .orElseThrow(
                    () ->
                        InvalidInputException.of(
                            "data: %s holds no %s", file.uri(), wanted.getKey()));
        zip.copy(entry, folder.resolve(wanted.getValue()));
      }
    }
  }

  private static UncheckedIOException failed(PublishedData data, IOException failure) {
    String why =
        failure instanceof RefusedException
            ? failure.getMessage() + "; the file may have moved: fetch it yourself, and give it"
            : Retries.reason(failure)
                + "; what has arrived is kept. Without a network, fetch the files elsewhere and"
                + " give them";
    IOException said =
        new IOException(
            "data: the files of task '%s' cannot be fetched: %s".formatted(data.task(), why));
    said.addSuppressed(failure);
    return new UncheckedIOException(said.getMessage(), said);
  }
}
