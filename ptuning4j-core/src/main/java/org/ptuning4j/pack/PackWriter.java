package org.ptuning4j.pack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.head.Head;
import org.ptuning4j.prompt.form.TrainedPrompt;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.file.AtomicFile;
import org.ptuning4j.tensor.file.FileHash;
import org.ptuning4j.tensor.file.SafetensorsWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a pack under a temporary name beside the target and renames it when it is complete, so
 * that a crash never leaves half a pack.
 */
final class PackWriter {

  private static final Logger LOG = LoggerFactory.getLogger(PackWriter.class);

  private static final Map<String, String> METADATA = Map.of("format", "pt");

  private PackWriter() {}

  /**
   * Writes a pack; an earlier one of that name is replaced.
   *
   * @return what the pack says of itself, its files included
   */
  static PackFacts write(
      Path folder,
      PackFacts facts,
      Optional<? extends TrainedPrompt> prompt,
      Head head,
      Optional<Backbone> trained) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    prompt.ifPresent(p -> tensors.putAll(p.tensors()));
    head.saved()
        .forEach(
            (name, tensor) -> {
              if (trained.isEmpty() || !name.startsWith(Parameter.OF_BACKBONE)) {
                tensors.put(name, tensor); // the backbone's own go into a file of theirs
              }
            });
    return write(folder, facts, tensors, trained);
  }

  /** The same of tensors by their names in the file. */
  static PackFacts write(
      Path folder, PackFacts facts, Map<String, Tensor> tensors, Optional<Backbone> trained) {
    Path target = folder.toAbsolutePath().normalize();
    requireReplaceable(target);
    Path temporary =
        target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try {
      Files.createDirectories(temporary);
      PackFacts complete = facts.withTensors(writeTensors(temporary, tensors, trained));
      byte[] json = PackFiles.json(complete);
      AtomicFile.write(temporary.resolve(PackFiles.FACTS), out -> out.write(json));
      replace(temporary, target);
      return complete;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the pack " + folder + " cannot be written: " + e.getMessage(), e);
    } finally {
      delete(temporary);
    }
  }

  /** Writes the tensors; returns the files with their SHA-256. */
  private static Map<String, String> writeTensors(
      Path folder, Map<String, Tensor> tensors, Optional<Backbone> trained) throws IOException {
    Map<String, String> hashes = new LinkedHashMap<>();
    Path own = folder.resolve(PackFiles.TENSORS);
    SafetensorsWriter.write(own, tensors, METADATA);
    hashes.put(PackFiles.TENSORS, FileHash.sha256(own));
    if (trained.isPresent()) {
      Path weights = folder.resolve(PackFiles.WEIGHTS);
      Scope.run(() -> SafetensorsWriter.write(weights, trained.get().namedWeights(), METADATA));
      hashes.put(PackFiles.WEIGHTS, FileHash.sha256(weights));
    }
    return hashes;
  }

  /** A pack or an empty folder may be replaced; anything else is someone's, and stays. */
  private static void requireReplaceable(Path target) {
    if (!Files.exists(target) || Files.isRegularFile(target.resolve(PackFiles.FACTS))) {
      return;
    }
    if (!Files.isDirectory(target)) {
      throw InvalidInputException.of("pack: %s is a file; a pack is a folder", target);
    }
    try (Stream<Path> files = Files.list(target)) {
      if (files.findAny().isPresent()) {
        throw InvalidInputException.of(
            "pack: %s holds other files and no pack; choose a new folder", target);
      }
    } catch (IOException e) {
      throw new InvalidInputException(target + ": cannot be read (" + e.getMessage() + ")", e);
    }
  }

  private static void replace(Path temporary, Path target) throws IOException {
    if (Files.exists(target)) {
      Path old =
          target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".old");
      Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
      try {
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException e) {
        Files.move(old, target, StandardCopyOption.ATOMIC_MOVE);
        throw e;
      }
      delete(old);
    } else {
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    }
    AtomicFile.forceFolder(target.getParent());
  }

  private static void delete(Path folder) {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      // What is left has a name that says so; the pack itself is whole.
      LOG.debug("{} stays behind: {}", folder, e.getMessage());
    }
  }
}
