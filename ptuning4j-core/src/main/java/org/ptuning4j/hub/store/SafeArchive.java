package org.ptuning4j.hub.store;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;

/**
 * A zip archive that may come from anywhere. No entry's name is used as a path, each entry is
 * compared with its checksum, and no more is unpacked than an honest archive holds.
 */
public final class SafeArchive implements AutoCloseable {

  /** Text shrinks to a tenth at best, weights hardly at all. What grows more is a trap. */
  private static final long MOST_GROWTH = 20;

  private static final long ALWAYS_ALLOWED = 64L << 20;
  private static final int MOST_ENTRIES = 100_000;
  private static final int BUFFER = 1 << 16;

  private final Path file;
  private final ZipFile zip;
  private final List<String> names = new ArrayList<>();
  private long left;

  private SafeArchive(Path file, ZipFile zip, long size) {
    this.file = file;
    this.zip = zip;
    this.left = Math.max(ALWAYS_ALLOWED, MOST_GROWTH * size);
    if (zip.size() > MOST_ENTRIES) {
      throw InvalidInputException.of(
          "%s: %d entries is more than %d", file.getFileName(), zip.size(), MOST_ENTRIES);
    }
    zip.stream().filter(entry -> !entry.isDirectory()).map(ZipEntry::getName).forEach(names::add);
  }

  /**
   * Opens an archive.
   *
   * @throws InvalidInputException if it is not an archive, or is damaged
   */
  public static SafeArchive open(Path file) throws IOException {
    ZipFile zip = null;
    try {
      zip = new ZipFile(file.toFile());
      return new SafeArchive(file, zip, Files.size(file));
    } catch (ZipException e) {
      throw new InvalidInputException(
          file.getFileName() + ": no archive, or a damaged one: " + FailureReason.of(e), e);
    } catch (IllegalArgumentException e) {
      zip.close();
      throw new InvalidInputException(
          file.getFileName() + ": a damaged archive: a name in it is none", e);
    } catch (InvalidInputException e) {
      zip.close();
      throw e;
    }
  }

  /** The names of its entries except folders: untrusted, to be compared with what is wanted. */
  public List<String> names() {
    return List.copyOf(names);
  }

  /**
   * Copies an entry.
   *
   * @param name one of {@link #names}
   * @param target where it goes, whatever it is called
   * @throws InvalidInputException if it is damaged, or larger than it can honestly be
   */
  public void copy(String name, Path target) throws IOException {
    ZipEntry entry = zip.getEntry(name);
    try (CheckedInputStream in = new CheckedInputStream(stream(entry), new CRC32());
        OutputStream out = Files.newOutputStream(target)) {
      byte[] buffer = new byte[BUFFER];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        left -= read;
        if (left < 0) {
          throw InvalidInputException.of(
              "%s: %s unpacks to more than %d times the archive, which no honest one does",
              file.getFileName(), name, MOST_GROWTH);
        }
        out.write(buffer, 0, read);
      }
      if (in.getChecksum().getValue() != entry.getCrc()) {
        throw damaged(name + " has another checksum", null);
      }
    } catch (ZipException | EOFException e) {
      throw damaged(name + ": " + FailureReason.of(e), e);
    }
  }

  private InputStream stream(ZipEntry entry) throws IOException {
    InputStream in = entry == null ? null : zip.getInputStream(entry);
    if (in == null) {
      throw damaged("an entry is missing", null);
    }
    return in;
  }

  private InvalidInputException damaged(String what, Exception cause) {
    return new InvalidInputException(file.getFileName() + ": a damaged archive: " + what, cause);
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}
