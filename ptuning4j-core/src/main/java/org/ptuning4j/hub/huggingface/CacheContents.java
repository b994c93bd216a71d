package org.ptuning4j.hub.huggingface;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.hub.store.FolderFiles;

/** What the cache holds, fetched by any program, and how it is deleted. */
final class CacheContents {

  private final HubCache cache;

  CacheContents(HubCache cache) {
    this.cache = cache;
  }

  /** All models that the cache holds something of, by name and commit. */
  List<CachedSnapshot> snapshots() {
    return folders(cache.root()).stream()
        .flatMap(folder -> HubName.ofRepository(folder).stream())
        .flatMap(model -> snapshots(model).stream())
        .toList();
  }

  private List<CachedSnapshot> snapshots(HubName model) {
    return folders(cache.snapshots(model)).stream()
        .filter(folder -> HubName.isCommit(String.valueOf(folder.getFileName())))
        .map(
            folder -> {
              String commit = folder.getFileName().toString();
              return new CachedSnapshot(
                  model.at(commit),
                  refs(model, commit),
                  folder,
                  FolderFiles.bytes(folder, FileVisitOption.FOLLOW_LINKS),
                  NeededFiles.areIn(folder));
            })
        .toList();
  }

  private List<String> refs(HubName model, String commit) {
    Path refs = cache.refs(model);
    try (Stream<Path> files = Files.walk(refs)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> refs.relativize(file).toString().replace('\\', '/'))
          .filter(ref -> isAt(model, ref, commit))
          .sorted()
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private boolean isAt(HubName model, String ref, String commit) {
    try {
      return cache.commit(model.at(ref)).equals(Optional.of(commit));
    } catch (InvalidInputException e) {
      return false; // Another program's file.
    }
  }

  private static List<Path> folders(Path parent) {
    try (Stream<Path> entries = Files.list(parent)) {
      return entries.filter(Files::isDirectory).sorted().toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  /**
   * Deletes a model, or one commit of it with the blobs that no other commit has.
   *
   * @return the bytes that this frees; empty if there is no such model
   */
  OptionalLong remove(HubName model, boolean all) {
    Path repository = cache.repository(model);
    Optional<Path> snapshot = cache.commit(model).map(commit -> cache.snapshot(model, commit));
    boolean there =
        all ? Files.isDirectory(repository) : snapshot.filter(Files::isDirectory).isPresent();
    if (!there) {
      return OptionalLong.empty();
    }
    long before = FolderFiles.bytes(repository);
    try {
      if (all || folders(cache.snapshots(model)).size() == 1) {
        FolderFiles.delete(repository);
        FolderFiles.delete(cache.locks(model));
      } else {
        removeCommit(model, snapshot.get());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "model: %s cannot be deleted: %s".formatted(model, FailureReason.of(e)), e);
    }
    return OptionalLong.of(before - FolderFiles.bytes(repository));
  }

  private void removeCommit(HubName model, Path snapshot) throws IOException {
    for (String ref : refs(model, snapshot.getFileName().toString())) {
      Files.deleteIfExists(cache.refs(model).resolve(ref));
    }
    FolderFiles.delete(snapshot);
    Set<Path> used = new HashSet<>();
    try (Stream<Path> files = Files.walk(snapshot.getParent())) {
      for (Path file : files.filter(Files::isSymbolicLink).toList()) {
        used.add(file.getParent().resolve(Files.readSymbolicLink(file)).normalize());
      }
    }
    try (Stream<Path> blobs = Files.list(cache.repository(model).resolve("blobs"))) {
      for (Path blob : blobs.toList()) {
        boolean underWay = blob.getFileName().toString().endsWith(HubCache.INCOMPLETE);
        if (!underWay && !used.contains(blob.normalize())) {
          Files.deleteIfExists(blob);
        }
      }
    }
  }
}
