package org.ptuning4j.tensor.pickle;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.tensor.file.FileBytes;
import org.ptuning4j.tensor.file.Quoted;
import org.ptuning4j.tensor.file.TensorMemory;

/**
 * A checkpoint of torch 1.6 or later: a zip file with {@code <name>/data.pkl} and one entry {@code
 * <name>/data/<key>} per storage. Entries are usually stored as they are; compressed ones are read
 * too, as far as their declared length goes. Checksums are not compared, as torch does not: it can
 * write files without them.
 */
final class ZipStorages implements PickleStorages {

  private static final String PICKLE = "/data.pkl";
  private static final long LONGEST_PICKLE = 256L << 20;

  /** What deflate can reach; a greater ratio is a lie about the length. */
  private static final long HIGHEST_COMPRESSION = 1032;

  private static final int CHUNK = 1 << 20;

  private final Path path;
  private final ZipFile zip;
  private final String prefix;

  private ZipStorages(Path path, ZipFile zip, String prefix) {
    this.path = path;
    this.zip = zip;
    this.prefix = prefix;
  }

  static ZipStorages open(Path path) {
    ZipFile zip = openZip(path);
    try {
      ZipStorages storages = new ZipStorages(path, zip, prefix(path, zip));
      storages.checkArchive();
      return storages;
    } catch (RuntimeException e) {
      try {
        zip.close();
      } catch (IOException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
  }

  private static ZipFile openZip(Path path) {
    try {
      return new ZipFile(path.toFile());
    } catch (IOException | IllegalArgumentException e) {
      throw new InvalidInputException(
          path + " is not a sound zip file (cut short or damaged?): " + e.getMessage(), e);
    }
  }

  private static String prefix(Path path, ZipFile zip) {
    List<String> pickles =
        zip.stream()
            .map(ZipEntry::getName)
            .filter(name -> name.endsWith(PICKLE) && name.indexOf('/') == name.lastIndexOf('/'))
            .toList();
    if (pickles.size() != 1) {
      throw InvalidInputException.of(
          "%s is a zip file with %d entries named <name>/data.pkl; a PyTorch checkpoint has one",
          path, pickles.size());
    }
    String name = pickles.get(0);
    return name.substring(0, name.length() - PICKLE.length() + 1);
  }

  private void checkArchive() {
    if (zip.getEntry(prefix + "constants.pkl") != null) {
      throw InvalidInputException.of(
          "%s is a TorchScript program, not a checkpoint; save model.state_dict() instead", path);
    }
    ZipEntry order = zip.getEntry(prefix + "byteorder");
    if (order == null) {
      return; // Older than torch 2.1, which wrote little-endian files everywhere that mattered.
    }
    try (InputStream in = zip.getInputStream(order)) {
      String found = new String(in.readNBytes(16), StandardCharsets.US_ASCII);
      if (!found.equals("little")) {
        throw InvalidInputException.of(
            "%s has byte order %s; only 'little' is read", path, Quoted.name(found));
      }
    } catch (IOException e) {
      throw FileBytes.unreadable(path, e);
    }
  }

  /** The pickle that describes the tensors; the caller closes it. */
  InputStream pickle() {
    try {
      return new BufferedInputStream(zip.getInputStream(pickleEntry()));
    } catch (IOException e) {
      throw FileBytes.unreadable(path, e);
    }
  }

  /** The pickle's length. */
  long pickleLength() {
    long length = pickleEntry().getSize();
    if (length < 0 || length > LONGEST_PICKLE) {
      throw InvalidInputException.of(
          "%s: data.pkl is %d bytes long; at most %d are read", path, length, LONGEST_PICKLE);
    }
    return length;
  }

  private ZipEntry pickleEntry() {
    return zip.getEntry(prefix + "data.pkl");
  }

  @Override
  public void check(Pickled.Storage storage) {
    ZipEntry entry = entry(storage);
    long expected = (storage.begin() + storage.elements()) * storage.dtype().bytes();
    if (storage.begin() == 0 ? entry.getSize() != expected : entry.getSize() < expected) {
      throw InvalidInputException.of(
          "%s: storage %s holds %d bytes, but %d elements of %s take %d",
          path,
          Quoted.name(storage.key()),
          entry.getSize(),
          storage.elements(),
          storage.dtype(),
          expected);
    }
    if (entry.getSize() / HIGHEST_COMPRESSION > entry.getCompressedSize()) {
      throw InvalidInputException.of(
          "%s: storage %s cannot hold %d bytes in %d compressed ones",
          path, Quoted.name(storage.key()), entry.getSize(), entry.getCompressedSize());
    }
  }

  private ZipEntry entry(Pickled.Storage storage) {
    ZipEntry entry = zip.getEntry(prefix + "data/" + storage.key());
    if (entry == null) {
      throw InvalidInputException.of(
          "%s has no storage %s; the file is damaged", path, Quoted.name(storage.key()));
    }
    return entry;
  }

  @Override
  public void read(Pickled.Storage storage, long offset, Tensor target) {
    long skipped = (storage.begin() + offset) * storage.dtype().bytes();
    try (InputStream in = zip.getInputStream(entry(storage))) {
      in.skipNBytes(skipped);
      long length = target.nbytes();
      byte[] chunk = new byte[(int) Math.min(CHUNK, length)];
      for (long done = 0; done < length; done += chunk.length) {
        int part = (int) Math.min(chunk.length, length - done);
        if (in.readNBytes(chunk, 0, part) < part) {
          throw new EOFException("storage " + Quoted.name(storage.key()) + " ends too early");
        }
        TensorMemory.bytes(target, done, part).put(chunk, 0, part);
      }
    } catch (IOException | IllegalStateException e) {
      throw FileBytes.unreadable(path, e);
    }
  }

  @Override
  public void close() {
    try {
      zip.close();
    } catch (IOException e) {
      throw FileBytes.unreadable(path, e);
    }
  }
}
