package org.ptuning4j.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.commons.codec.binary.Hex;
import org.apache.commons.codec.digest.DigestUtils;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.tensor.file.AtomicFile;

/**
 * The folder of one version: the pack's files, what the registry says of them, and perhaps a
 * signature over that.
 *
 * @param folder the folder
 */
record VersionFolder(Path folder) {

  private static final int BUFFER = 1 << 20;

  /**
   * Copies a pack's files into it, each forced to the disk.
   *
   * @return the files with what was read of them
   */
  Map<String, VersionFacts.FileFacts> copy(Path pack, List<String> names) {
    Map<String, VersionFacts.FileFacts> files = new TreeMap<>();
    for (String name : names) {
      try {
        files.put(name, copy(pack.resolve(name), folder.resolve(name)));
      } catch (IOException e) {
        throw new UncheckedIOException(
            "cannot publish " + pack.resolve(name) + ": " + FailureReason.of(e), e);
      }
    }
    return files;
  }

  private static VersionFacts.FileFacts copy(Path from, Path to) throws IOException {
    requirePlain(from);
    MessageDigest digest = DigestUtils.getSha256Digest();
    long bytes = 0;
    try (InputStream in =
            new DigestInputStream(Files.newInputStream(from, LinkOption.NOFOLLOW_LINKS), digest);
        FileChannel out =
            FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      byte[] buffer = new byte[BUFFER];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        ByteBuffer part = ByteBuffer.wrap(buffer, 0, read);
        while (part.hasRemaining()) {
          out.write(part);
        }
        bytes += read;
      }
      out.force(true);
    }
    return new VersionFacts.FileFacts(bytes, Hex.encodeHexString(digest.digest()));
  }

  /** Writes what the registry says of the version; returns its SHA-256. */
  String describe(VersionFacts facts, Optional<SigningKey> key) {
    byte[] page = RegistryJson.page(facts);
    AtomicFile.write(folder.resolve(RegistryFiles.VERSION), out -> out.write(page));
    key.ifPresent(
        signing -> {
          byte[] signature = RegistryJson.page(signing.sign(page));
          AtomicFile.write(folder.resolve(RegistryFiles.SIGNATURE), out -> out.write(signature));
        });
    return DigestUtils.sha256Hex(page);
  }

  /**
   * What the registry says of the version.
   *
   * @param digest what its SHA-256 has to be
   */
  VersionFacts facts(String digest) {
    Path file = folder.resolve(RegistryFiles.VERSION);
    byte[] page = content(file);
    if (!DigestUtils.sha256Hex(page).equals(digest)) {
      throw InvalidInputException.of(
          "registry: %s is damaged: its SHA-256 is not the one that was published", file);
    }
    return RegistryJson.read(page, VersionFacts.class, file);
  }

  /** The id of the key that signed it, by its own word. */
  Optional<Signature> signature() {
    Path file = folder.resolve(RegistryFiles.SIGNATURE);
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS)
        ? Optional.of(RegistryJson.read(content(file), Signature.class, file))
        : Optional.empty();
  }

  /**
   * Makes sure that every file is the one that was published, and that there is no other.
   *
   * @throws InvalidInputException naming the file that differs
   */
  void requireWhole(VersionFacts facts) {
    Set<String> known = new HashSet<>(facts.files().keySet());
    known.addAll(List.of(RegistryFiles.VERSION, RegistryFiles.SIGNATURE));
    for (Path file : RegistryFiles.list(folder)) {
      if (!known.contains(String.valueOf(file.getFileName()))) {
        throw InvalidInputException.of("registry: %s was not published", file);
      }
    }
    facts
        .files()
        .forEach(
            (name, published) -> {
              Path file = folder.resolve(name);
              if (!published.equals(read(file))) {
                throw InvalidInputException.of(
                    "registry: %s is damaged: it is not the file that was published", file);
              }
            });
  }

  private static VersionFacts.FileFacts read(Path file) {
    try {
      requirePlain(file);
      try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
        return new VersionFacts.FileFacts(Files.size(file), DigestUtils.sha256Hex(in));
      }
    } catch (IOException e) {
      throw RegistryFiles.unreadable(file, e);
    }
  }

  /**
   * Makes sure that one of the keys signed it.
   *
   * @throws InvalidInputException if it is not signed, or not by them
   */
  void requireSigned(List<TrustedKey> keys) {
    Path file = folder.resolve(RegistryFiles.VERSION);
    Signature signature =
        signature()
            .orElseThrow(() -> InvalidInputException.of("registry: %s is not signed", folder));
    byte[] page = content(file);
    if (keys.stream().noneMatch(key -> key.signed(page, signature))) {
      throw InvalidInputException.of(
          "registry: %s is signed by the key %s, and trusted are %s",
          folder, signature.key(), keys.stream().map(TrustedKey::id).toList());
    }
  }

  private static void requirePlain(Path file) throws IOException {
    BasicFileAttributes attributes =
        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!attributes.isRegularFile()) {
      throw InvalidInputException.of("registry: %s is no plain file", file);
    }
  }

  private static byte[] content(Path file) {
    try {
      requirePlain(file);
      return RegistryFiles.read(file);
    } catch (IOException e) {
      throw RegistryFiles.unreadable(file, e);
    }
  }

  /** Deletes it; what was opened of it stays readable to those who opened it. */
  void delete() {
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try {
      for (Path file : RegistryFiles.list(folder)) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + folder + ": " + FailureReason.of(e), e);
    }
  }
}
