package org.ptuning4j.tensor.pickle;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.ptuning4j.InvalidInputException;

/**
 * The references from a checkpoint's pickle to its storages: {@code ("storage", class, key, device,
 * elements)}, and in old files a sixth part that makes it a view of a larger storage: {@code (key,
 * offset, elements)}. All storages are read to the CPU; the device does not matter.
 */
final class StorageIds {

  private final String file;
  private final Map<String, Pickled.Storage> whole = new HashMap<>();

  StorageIds(String file) {
    this.file = file;
  }

  /** The storages met so far by their key, without views. */
  Map<String, Pickled.Storage> whole() {
    return whole;
  }

  /**
   * The storage of a reference.
   *
   * @throws InvalidInputException if the reference is not of the form above
   */
  Pickled.Storage resolve(Pickled id) {
    List<Pickled> parts = id instanceof Pickled.Sequence sequence ? sequence.items() : List.of();
    if (parts.size() >= 5
        && parts.get(0) instanceof Pickled.Text kind
        && kind.value().equals("storage")
        && parts.get(1) instanceof Pickled.ElementType type
        && parts.get(2) instanceof Pickled.Text key
        && parts.get(4) instanceof Pickled.Whole elements) {
      Pickled.Storage storage =
          new Pickled.Storage(key.value(), type.dtype(), 0, checked(type, elements.value()));
      Pickled.Storage known = whole.putIfAbsent(storage.key(), storage);
      return parts.size() > 5 && parts.get(5) instanceof Pickled.Sequence view
          ? viewOf(known == null ? storage : known, view.items())
          : storage;
    }
    throw malformed();
  }

  private Pickled.Storage viewOf(Pickled.Storage root, List<Pickled> view) {
    if (view.size() == 3
        && view.get(1) instanceof Pickled.Whole offset
        && view.get(2) instanceof Pickled.Whole elements
        && offset.value() >= 0
        && elements.value() >= 0
        && offset.value() <= root.elements()
        && elements.value() <= root.elements() - offset.value()) {
      return new Pickled.Storage(root.key(), root.dtype(), offset.value(), elements.value());
    }
    throw malformed();
  }

  /** A number of elements whose bytes can be counted. */
  private long checked(Pickled.ElementType type, long elements) {
    if (elements < 0 || elements > Long.MAX_VALUE / type.dtype().bytes()) {
      throw malformed();
    }
    return elements;
  }

  private InvalidInputException malformed() {
    return InvalidInputException.of("%s refers to a storage in a way that makes no sense", file);
  }
}
