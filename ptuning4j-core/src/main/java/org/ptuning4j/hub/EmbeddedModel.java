package org.ptuning4j.hub;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.commons.codec.binary.Hex;
import org.apache.commons.codec.digest.DigestUtils;
import org.ptuning4j.FailureReason;

/**
 * A model that ships inside the jar, and is unpacked to a folder when first asked for. The folder's
 * name carries a hash of the content, so that another version of the library never finds the wrong
 * files.
 */
public final class EmbeddedModel {

  /** A list of {@code sha256 size name}, a line per file, in the same folder. */
  private static final String MANIFEST = "manifest.txt";

  private static final int HASH_PREFIX = 12;

  private final String name;
  private final String hash;
  private final List<Entry> entries;

  private EmbeddedModel(String name, String hash, List<Entry> entries) {
    this.name = name;
    this.hash = hash;
    this.entries = List.copyOf(entries);
  }

  /** One file of the model. */
  private record Entry(String sha256, long size, String file) {

    static Entry parse(String line) {
      String[] fields = line.split(" ", 3);
      return new Entry(fields[0], Long.parseLong(fields[1]), fields[2]);
    }
  }

  /**
   * {@code bert-mini}: 4 layers of 256, uncased English, 11 MB in half precision; its MODEL_CARD.md
   * says what it is.
   */
  public static EmbeddedModel bertMini() {
    return named("bert-mini");
  }

  private static EmbeddedModel named(String name) {
    try (InputStream in = resource(name, MANIFEST)) {
      byte[] manifest = in.readAllBytes();
      List<Entry> entries =
          new String(manifest, StandardCharsets.UTF_8).lines().map(Entry::parse).toList();
      String hash = DigestUtils.sha256Hex(manifest);
      return new EmbeddedModel(name, hash.substring(0, HASH_PREFIX), entries);
    } catch (IOException e) {
      throw new UncheckedIOException("the embedded model " + name + " cannot be read", e);
    }
  }

  /** The name by which {@link Models} knows it. */
  public String name() {
    return name;
  }

  /**
   * The model's folder below the given one, unpacked if it is not there yet. It is written under
   * another name and renamed when complete: processes that unpack at the same time do not disturb
   * each other, and a crash leaves no half-written model behind.
   *
   * @throws UncheckedIOException if the folder cannot be written, or the jar is damaged
   */
  public Path unpackInto(Path folder) {
    Path target = folder.resolve(name + "-" + hash);
    if (isComplete(target)) {
      return target;
    }
    Path temporary = folder.resolve("." + name + "-" + UUID.randomUUID() + ".tmp");
    try {
      Files.createDirectories(temporary);
      for (Entry entry : entries) {
        unpack(entry, temporary.resolve(entry.file()));
      }
      publish(temporary, target);
      return target;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the model " + name + " cannot be unpacked to " + target + ": " + FailureReason.of(e), e);
    } finally {
      delete(temporary);
    }
  }

  /** Whether all files are there in their size; the hashes were checked when they were written. */
  private boolean isComplete(Path target) {
    return entries.stream().allMatch(entry -> hasSize(target.resolve(entry.file()), entry.size()));
  }

  private static boolean hasSize(Path file, long size) {
    try {
      return Files.size(file) == size;
    } catch (IOException e) {
      return false; // Not there, or not readable: it is unpacked again, which gives the true error.
    }
  }

  private void unpack(Entry entry, Path file) throws IOException {
    MessageDigest digest = DigestUtils.getSha256Digest();
    try (InputStream in = new DigestInputStream(resource(name, entry.file()), digest);
        OutputStream out = Files.newOutputStream(file)) {
      in.transferTo(out);
    }
    if (!Hex.encodeHexString(digest.digest()).equals(entry.sha256())) {
      throw new IOException(entry.file() + " in the jar is damaged: its SHA-256 is another one");
    }
  }

  private void publish(Path temporary, Path target) throws IOException {
    try {
      move(temporary, target);
    } catch (FileSystemException e) {
      if (isComplete(target)) {
        return; // Another process was faster.
      }
      if (!Files.exists(target)) {
        throw e;
      }
      Path damaged = target.resolveSibling("." + name + "-" + UUID.randomUUID() + ".old");
      move(target, damaged);
      move(temporary, target);
      delete(damaged);
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to);
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(folder);
    } catch (NoSuchFileException e) {
      return; // It has been renamed, as it should be.
    } catch (IOException e) {
      // What is left has a name that marks it as temporary, and does no harm.
      org.slf4j.LoggerFactory.getLogger(EmbeddedModel.class)
          .debug("{} stays behind: {}", folder, e.getMessage());
    }
  }

  private static InputStream resource(String name, String file) throws IOException {
    InputStream in = EmbeddedModel.class.getResourceAsStream(name + "/" + file);
    if (in == null) {
      throw new IOException(name + "/" + file + " is missing in the jar");
    }
    return in;
  }
}
