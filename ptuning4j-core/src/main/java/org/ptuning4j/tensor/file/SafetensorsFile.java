package org.ptuning4j.tensor.file;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.tensor.Scope;

/**
 * A safetensors file: eight bytes with the header's length, a JSON header, and the tensors' bytes.
 * Opening reads and checks the header only; the tensors are read when they are asked for, one at a
 * time. The file must not be written over in place while it is open ({@link AtomicFile} does not:
 * it puts a new file in the old one's place).
 */
public final class SafetensorsFile implements TensorSource {

  /** The format's own limit. */
  static final long LONGEST_HEADER = 100_000_000;

  private final FileBytes bytes;
  private final long dataStart;
  private final SafetensorsHeader header;

  private SafetensorsFile(FileBytes bytes, long dataStart, SafetensorsHeader header) {
    this.bytes = bytes;
    this.dataStart = dataStart;
    this.header = header;
  }

  /**
   * Opens a file and checks its header.
   *
   * @throws InvalidInputException if the file cannot be read or is not a sound safetensors file
   */
  public static SafetensorsFile open(Path path) {
    FileBytes bytes = FileBytes.open(path);
    try {
      return open(bytes);
    } catch (RuntimeException e) {
      bytes.close();
      throw e;
    }
  }

  private static SafetensorsFile open(FileBytes bytes) {
    if (bytes.size() < Long.BYTES) {
      throw InvalidInputException.of(
          "%s is %d bytes long; a safetensors file has at least 8", bytes.path(), bytes.size());
    }
    long length = bytes.longAt(0);
    if (length < 0 || length > LONGEST_HEADER) {
      throw InvalidInputException.of(
          "%s: the header's length is %s bytes; at most %d are allowed (is it a safetensors file?)",
          bytes.path(), Long.toUnsignedString(length), LONGEST_HEADER);
    }
    long dataStart = Long.BYTES + length;
    if (dataStart > bytes.size()) {
      throw InvalidInputException.of(
          "%s: the header's length is %d bytes, but the file has only %d; it is cut short",
          bytes.path(), length, bytes.size());
    }
    byte[] json = bytes.head(Long.BYTES, (int) length);
    return new SafetensorsFile(
        bytes,
        dataStart,
        SafetensorsHeader.parse(bytes.path().toString(), json, bytes.size() - dataStart));
  }

  /** The strings that the file says of itself; empty if it says nothing. */
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(header.metadata());
  }

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(header.entries().keySet());
  }

  @Override
  public TensorInfo info(String name) {
    return entry(name).info();
  }

  @Override
  public Tensor read(String name) {
    SafetensorsHeader.Entry entry = entry(name);
    return Scope.keep(
        () -> {
          TensorInfo info = entry.info();
          Tensor tensor = TensorMemory.allocate(info.dtype(), info.dimensions());
          bytes.copy(dataStart + entry.begin(), tensor);
          return tensor;
        });
  }

  @Override
  public Tensor rows(String name, long first, long count) {
    TensorInfo rows = entry(name).info().withRows(first, count);
    return Scope.keep(
        () -> {
          Tensor tensor = TensorMemory.allocate(rows.dtype(), rows.dimensions());
          fill(name, first, tensor);
          return tensor;
        });
  }

  @Override
  public void fill(String name, long first, Tensor target) {
    SafetensorsHeader.Entry entry = entry(name);
    TensorInfo part =
        target.dim() == 0 ? entry.info() : entry.info().withRows(first, target.size(0));
    part.requireLike(target);
    long skipped = target.dim() == 0 ? 0 : first * (target.nbytes() / target.size(0));
    bytes.copy(dataStart + entry.begin() + skipped, target);
  }

  private SafetensorsHeader.Entry entry(String name) {
    SafetensorsHeader.Entry entry = header.entries().get(name);
    if (entry == null) {
      throw InvalidInputException.of("%s has no tensor %s", describe(), Quoted.name(name));
    }
    return entry;
  }

  @Override
  public List<Path> files() {
    return List.of(bytes.path());
  }

  @Override
  public String describe() {
    return bytes.path().toString();
  }

  @Override
  public void close() {
    bytes.close();
  }
}
