package org.ptuning4j.tensor.pickle;

import java.util.HashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.tensor.file.FileBytes;
import org.ptuning4j.tensor.file.Quoted;

/**
 * A checkpoint of torch before 1.6: after the pickles, for every storage its length in elements (8
 * bytes, little-endian) and the elements.
 */
final class LegacyStorages implements PickleStorages {

  private final FileBytes bytes;
  private final Map<String, Long> starts = new HashMap<>();

  private LegacyStorages(FileBytes bytes) {
    this.bytes = bytes;
  }

  /**
   * Finds the storages.
   *
   * @param bytes the file, which the result closes
   * @param position where the first storage begins
   * @param keys a sequence of the storages' keys, in the file's order
   * @param types one storage of every key, for its element type
   */
  static LegacyStorages locate(
      FileBytes bytes, long position, Pickled keys, Map<String, Pickled.Storage> types) {
    LegacyStorages storages = new LegacyStorages(bytes);
    if (!(keys instanceof Pickled.Sequence sequence)) {
      throw InvalidInputException.of("%s has no list of its storages", bytes.path());
    }
    for (Pickled item : sequence.items()) {
      String key = item instanceof Pickled.Text text ? text.value() : null;
      Pickled.Storage storage = types.get(key);
      if (storage == null) {
        throw InvalidInputException.of(
            "%s lists a storage %s that no tensor has", bytes.path(), Quoted.name("" + key));
      }
      position = storages.add(storage, position);
    }
    return storages;
  }

  private long add(Pickled.Storage storage, long position) {
    long start = position + Long.BYTES;
    if (start > bytes.size()) {
      throw cutShort(storage);
    }
    long elements = bytes.longAt(position);
    if (elements != storage.elements()) {
      throw InvalidInputException.of(
          "%s: storage %s has %d elements where %d are expected",
          bytes.path(), Quoted.name(storage.key()), elements, storage.elements());
    }
    long length = elements * storage.dtype().bytes();
    if (length > bytes.size() - start) {
      throw cutShort(storage);
    }
    if (starts.put(storage.key(), start) != null) {
      throw InvalidInputException.of(
          "%s lists storage %s twice", bytes.path(), Quoted.name(storage.key()));
    }
    return start + length;
  }

  private InvalidInputException cutShort(Pickled.Storage storage) {
    return InvalidInputException.of(
        "%s: storage %s goes beyond the file's end at %d; the file is cut short",
        bytes.path(), Quoted.name(storage.key()), bytes.size());
  }

  @Override
  public void check(Pickled.Storage storage) {
    if (!starts.containsKey(storage.key())) {
      throw InvalidInputException.of(
          "%s has no storage %s; the file is damaged", bytes.path(), Quoted.name(storage.key()));
    }
  }

  @Override
  public void read(Pickled.Storage storage, long offset, Tensor target) {
    long skipped = (storage.begin() + offset) * storage.dtype().bytes();
    bytes.copy(starts.get(storage.key()) + skipped, target);
  }

  @Override
  public void close() {
    bytes.close();
  }
}
