package org.ptuning4j.hub.store;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.ptuning4j.FailureReason;
import org.ptuning4j.hub.download.DownloadListener;
import org.ptuning4j.hub.download.ProcessLock;
import org.ptuning4j.tensor.file.AtomicFile;

/**
 * A folder of models, each whole or not there: it is made under another name, and renamed when it
 * is complete. Processes that make the same model wait for each other.
 */
public final class FolderStore {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path root;
  private final DownloadListener listener;

  /**
   * A store.
   *
   * @param root its folder, which need not be there yet
   * @param listener told when another process is waited for
   */
  public FolderStore(Path root, DownloadListener listener) {
    this.root = root;
    this.listener = listener;
  }

  /** Makes a folder's files. */
  @FunctionalInterface
  public interface Filler {

    /**
     * Writes the files.
     *
     * @param folder where to: there, and empty
     * @return what they were made of
     */
    Origin fill(Path folder) throws IOException;
  }

  /**
   * A folder that is there.
   *
   * @param key the folder's name: letters, digits, dots, hyphens and underscores
   */
  public Optional<Path> find(String key) {
    Path folder = root.resolve(key);
    return Origin.in(folder).map(origin -> folder);
  }

  /**
   * A folder, made if it is not there.
   *
   * @throws UncheckedIOException if it cannot be written; what the filler throws is passed on
   */
  public Path get(String key, Filler filler) {
    Optional<Path> there = find(key);
    if (there.isPresent()) {
      return there.get();
    }
    try (ProcessLock lock = ProcessLock.acquire(root.resolve("." + key + ".lock"), listener)) {
      Optional<Path> meanwhile = find(key);
      return meanwhile.isPresent() ? meanwhile.get() : make(key, filler, lock);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot write " + root.resolve(key) + ": " + FailureReason.of(e), e);
    }
  }

  private Path make(String key, Filler filler, ProcessLock lock) throws IOException {
    Path temporary = lock.file().resolveSibling("." + key + "-" + UUID.randomUUID() + ".tmp");
    Path target = root.resolve(key);
    try {
      Files.createDirectories(temporary);
      Origin origin = filler.fill(temporary);
      AtomicFile.write(
          temporary.resolve(Origin.FILE),
          out -> out.write(JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(origin)));
      FolderFiles.delete(target); // A folder without an origin is none of ours that is whole.
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      AtomicFile.forceFolder(root.toAbsolutePath());
      return target;
    } finally {
      FolderFiles.delete(temporary);
    }
  }

  /** All folders. */
  public List<Path> folders() {
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    try (Stream<Path> folders = Files.list(root)) {
      return folders
          .filter(folder -> !folder.getFileName().toString().startsWith("."))
          .filter(folder -> Origin.in(folder).isPresent())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(root + " cannot be listed: " + FailureReason.of(e), e);
    }
  }

  /** Deletes a folder. */
  public static void remove(Path folder) {
    try {
      FolderFiles.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " cannot be deleted: " + FailureReason.of(e), e);
    }
  }
}
