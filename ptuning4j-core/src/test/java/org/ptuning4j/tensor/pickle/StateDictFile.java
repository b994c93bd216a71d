package org.ptuning4j.tensor.pickle;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Tensors;

/** A state dict of floats and whole numbers as {@code torch.save} writes it. */
public final class StateDictFile {

  private final ByteArrayOutputStream pickle = new ByteArrayOutputStream();
  private final List<byte[]> storages = new ArrayList<>();

  private StateDictFile() {}

  /** Writes a file. */
  public static void write(Path file, Map<String, Tensor> tensors) {
    StateDictFile made = new StateDictFile();
    made.dictionary(tensors);
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      put(zip, "archive/data.pkl", made.pickle.toByteArray());
      for (int i = 0; i < made.storages.size(); i++) {
        put(zip, "archive/data/" + i, made.storages.get(i));
      }
      put(zip, "archive/version", "3\n".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    CRC32 crc = new CRC32();
    crc.update(content);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }

  private void dictionary(Map<String, Tensor> tensors) {
    pickle.writeBytes(new byte[] {(byte) 0x80, 2}); // the second protocol
    text("}(");
    tensors.forEach(
        (name, tensor) -> {
          string(name);
          tensor(tensor);
        });
    text("u.");
  }

  private void tensor(Tensor tensor) {
    Dtype type = Dtype.of(tensor.scalar_type());
    text("ctorch._utils\n_rebuild_tensor_v2\n((");
    string("storage");
    text("ctorch\n" + (type == Dtype.I64 ? "LongStorage" : "FloatStorage") + "\n");
    string(String.valueOf(storages.size()));
    string("cpu");
    number(tensor.numel());
    text("tQ");
    number(0);
    long[] shape = new long[(int) tensor.dim()];
    long[] strides = new long[shape.length];
    long stride = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      shape[i] = tensor.size(i);
      strides[i] = stride;
      stride *= shape[i];
    }
    tuple(shape);
    tuple(strides);
    pickle.write(0x89); // no gradient
    text("ccollections\nOrderedDict\n)RtR");
    storages.add(bytes(tensor, type));
  }

  private static byte[] bytes(Tensor tensor, Dtype type) {
    int count = Math.toIntExact(tensor.numel());
    ByteBuffer bytes = ByteBuffer.allocate(count * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    if (type == Dtype.I64) {
      for (long number : Tensors.longs(tensor)) {
        bytes.putLong(number);
      }
    } else {
      for (float number : Tensors.floats(tensor)) {
        bytes.putFloat(number);
      }
    }
    return bytes.array();
  }

  private void tuple(long[] numbers) {
    text("(");
    for (long number : numbers) {
      number(number);
    }
    text("t");
  }

  private void number(long number) {
    pickle.write('J');
    little(Math.toIntExact(number));
  }

  private void string(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    pickle.write('X');
    little(bytes.length);
    pickle.writeBytes(bytes);
  }

  private void little(int number) {
    pickle.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(number).array());
  }

  private void text(String text) {
    pickle.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
  }
}
