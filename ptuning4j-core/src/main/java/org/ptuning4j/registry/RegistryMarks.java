package org.ptuning4j.registry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.tensor.file.AtomicFile;

/**
 * What a folder says of itself: that it is a registry, and of what it is a mirror, if of any.
 *
 * @param files of the folder
 */
record RegistryMarks(RegistryFiles files) {

  private static final String FORMAT = "ptuning4j-registry/1";

  /** What a registry says of itself. */
  private record Marker(String format) {}

  /** What a mirror says of itself. */
  private record Mirrored(String place) {}

  /** Makes a registry of an empty or missing folder; leaves one that is there alone. */
  void createIfMissing() {
    if (!Files.exists(files.marker(), LinkOption.NOFOLLOW_LINKS)) {
      create();
    }
  }

  /**
   * Checks that the folder is a registry that this version reads.
   *
   * @throws InvalidInputException if it is none
   */
  void require() {
    Path marker = files.marker();
    if (!Files.isRegularFile(marker, LinkOption.NOFOLLOW_LINKS)) {
      throw InvalidInputException.of(
          "registry: %s is no registry (there is no registry.json); the first publication makes"
              + " one",
          files.root());
    }
    try {
      Marker found = RegistryJson.read(RegistryFiles.read(marker), Marker.class, marker);
      if (!FORMAT.equals(found.format())) {
        throw InvalidInputException.of(
            "%s: format is '%s'; this version reads '%s'", marker, found.format(), FORMAT);
      }
    } catch (IOException e) {
      throw RegistryFiles.unreadable(marker, e);
    }
  }

  private void create() {
    try {
      Files.createDirectories(files.root());
    } catch (IOException e) {
      throw new InvalidInputException(
          "registry: " + files.root() + " cannot be made (" + FailureReason.of(e) + ")", e);
    }
    requireEmpty();
    RegistryLock.whileHeld(
        files.lock(),
        () -> {
          byte[] marker = RegistryJson.page(new Marker(FORMAT));
          RegistryFiles.makeFolder(files.packs());
          AtomicFile.write(files.marker(), out -> out.write(marker));
          return files.root();
        });
  }

  /** What another process that makes it may have written by now is no other file. */
  private void requireEmpty() {
    List<String> others =
        RegistryFiles.list(files.root()).stream()
            .map(file -> String.valueOf(file.getFileName()))
            .filter(
                name ->
                    !List.of("lock", "packs", "registry.json", "history.jsonl", "mirror.json")
                        .contains(name))
            .filter(name -> !name.startsWith(".registry.json."))
            .toList();
    if (!others.isEmpty()) {
      throw InvalidInputException.of(
          "registry: %s holds other files (%s); choose a new folder",
          files.root(), String.join(", ", others));
    }
  }

  /** What the folder is a mirror of; empty of a registry that is decided here. */
  Optional<String> mirrored() {
    Path file = files.mirror();
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    try {
      return Optional.of(RegistryJson.read(RegistryFiles.read(file), Mirrored.class, file).place());
    } catch (IOException e) {
      throw RegistryFiles.unreadable(file, e);
    }
  }

  /**
   * Makes a new registry a mirror, or checks that the folder is one; the caller has the lock.
   *
   * @param place what it is a mirror of, in words
   */
  void mirror(String place) {
    if (files.history().events().isEmpty()
        && !Files.exists(files.mirror(), LinkOption.NOFOLLOW_LINKS)) {
      byte[] page = RegistryJson.page(new Mirrored(place));
      AtomicFile.write(files.mirror(), out -> out.write(page));
    }
    Optional<String> mirrored = mirrored();
    if (!mirrored.equals(Optional.of(place))) {
      throw InvalidInputException.of(
          "registry: %s is %s, not a mirror of %s; choose a new folder",
          files.root(), mirrored.map(it -> "a mirror of " + it).orElse("a registry"), place);
    }
  }

  /** Refuses to change a mirror, which is changed where it comes from. */
  void requireDecidedHere() {
    mirrored()
        .ifPresent(
            place -> {
              throw InvalidInputException.of(
                  "registry: %s is a mirror of %s, and is changed there", files.root(), place);
            });
  }
}
