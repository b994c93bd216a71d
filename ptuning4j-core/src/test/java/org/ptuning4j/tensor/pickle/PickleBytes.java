package org.ptuning4j.tensor.pickle;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Pickles written opcode by opcode, and the checkpoints around them. */
final class PickleBytes {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  PickleBytes() {
    raw(0x80, 2);
  }

  PickleBytes raw(int... opcodes) {
    for (int opcode : opcodes) {
      bytes.write(opcode);
    }
    return this;
  }

  PickleBytes text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    raw('X').bytes.writeBytes(little(utf8.length));
    bytes.writeBytes(utf8);
    return this;
  }

  PickleBytes number(long number) {
    raw(0x8a, 8)
        .bytes
        .writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(number).array());
    return this;
  }

  PickleBytes numbers(long... numbers) {
    raw('(');
    for (long number : numbers) {
      number(number);
    }
    return raw('t');
  }

  PickleBytes global(String module, String name) {
    bytes.writeBytes(("c" + module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
    return this;
  }

  /** Pushes a float tensor that is a view of storage "0". */
  PickleBytes tensor(long elements, long offset, long[] shape, long[] strides) {
    global("torch._utils", "_rebuild_tensor_v2").raw('(', '(').text("storage");
    global("torch", "FloatStorage").text("0").text("cpu").number(elements).raw('t', 'Q');
    return number(offset).numbers(shape).numbers(strides).raw(0x89, '}', 't', 'R');
  }

  /** A dictionary with one such tensor, named "a". */
  static PickleBytes dictionary(long elements, long offset, long[] shape, long[] strides) {
    PickleBytes pickle = new PickleBytes().raw('}').text("a");
    return pickle.tensor(elements, offset, shape, strides).raw('s', '.');
  }

  byte[] toBytes() {
    return bytes.toByteArray();
  }

  /** Writes a checkpoint with this pickle and one storage of 0, 1, 2, ... as floats. */
  Path checkpoint(Path path, int floats) {
    ByteBuffer storage = ByteBuffer.allocate(4 * floats).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < floats; i++) {
      storage.putFloat(i);
    }
    try (OutputStream out = Files.newOutputStream(path);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("archive/data.pkl"));
      zip.write(toBytes());
      zip.putNextEntry(new ZipEntry("archive/data/0"));
      zip.write(storage.array());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return path;
  }

  private static byte[] little(int number) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(number).array();
  }
}
