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
    made.begin();
    made.dictionary(tensors);
    made.text(".");
    made.save(file);
  }

  /**
   * Writes a file as DeepSpeed does: the tensors under {@code module}, beside them the iteration
   * and NumPy's random state.
   */
  public static void writeTraining(Path file, Map<String, Tensor> tensors) {
    StateDictFile made = new StateDictFile();
    made.begin();
    made.text("}(");
    made.string("module");
    made.dictionary(tensors);
    made.string("iteration");
    made.number(200000);
    made.string("np_rng_state");
    made.text("(");
    made.string("MT19937");
    made.text("cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n");
    made.tuple(new long[] {0});
    made.text("c_codecs\nencode\n(");
    made.string("b");
    made.string("latin1");
    made.text("tRtR("); // the array, and its state
    made.number(1);
    made.tuple(new long[] {1});
    made.text("cnumpy\ndtype\n(");
    made.string("u4");
    made.number(0);
    made.number(1);
    made.text("tR");
    made.pickle.write(0x89);
    made.string("seed");
    made.text("tb");
    made.number(624);
    made.text("tu.");
    made.save(file);
  }

  private void begin() {
    pickle.writeBytes(new byte[] {(byte) 0x80, 2}); // the second protocol
  }

  private void save(Path file) {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      put(zip, "archive/data.pkl", pickle.toByteArray());
      for (int i = 0; i < storages.size(); i++) {
        put(zip, "archive/data/" + i, storages.get(i));
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
    text("}(");
    tensors.forEach(
        (name, tensor) -> {
          string(name);
          tensor(tensor);
        });
    text("u");
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
