package org.ptuning4j.tensor.file;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Scope;

/**
 * Writes safetensors files, whole or not at all (see {@link AtomicFile}). The header lists the
 * tensors in the map's order; their bytes lie with the widest element types first, so that each
 * tensor is aligned for its type. Equal input gives equal bytes.
 */
public final class SafetensorsWriter {

  private static final int ALIGNMENT = 8;
  private static final long WINDOW = 64L << 20;

  private SafetensorsWriter() {}

  /**
   * Writes a file.
   *
   * @param target the file; its folder must exist; a file that is there is replaced
   * @param tensors what to write, on any device and with any strides
   * @param metadata strings that the file says of itself; may be empty
   * @throws InvalidInputException if a tensor's type or name cannot be written
   * @throws UncheckedIOException if writing fails (the disk is full, say); the old file is intact
   */
  public static void write(Path target, Map<String, Tensor> tensors, Map<String, String> metadata) {
    Map<String, TensorInfo> infos = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> infos.put(name, describe(target, name, tensor)));
    List<TensorInfo> layout =
        infos.values().stream()
            .sorted(Comparator.comparingInt(info -> -info.dtype().bytes()))
            .toList();
    byte[] header = header(infos, layout, metadata);
    AtomicFile.writeChannel(
        target,
        channel -> {
          ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
          writeFully(channel, length.putLong(header.length).flip());
          writeFully(channel, ByteBuffer.wrap(header));
          for (TensorInfo info : layout) {
            writeTensor(channel, tensors.get(info.name()));
          }
        });
  }

  private static TensorInfo describe(Path target, String name, Tensor tensor) {
    if (name.equals("__metadata__")) {
      throw InvalidInputException.of(
          "cannot write %s: the format reserves the tensor name __metadata__", target);
    }
    if (tensor == null || !tensor.defined()) {
      throw InvalidInputException.of(
          "cannot write %s: tensor %s is undefined", target, Quoted.name(name));
    }
    return Scope.run(
        () -> {
          try {
            long[] shape = new long[(int) tensor.dim()];
            for (int i = 0; i < shape.length; i++) {
              shape[i] = tensor.size(i);
            }
            return TensorInfo.of(name, Dtype.of(tensor.scalar_type()), shape);
          } catch (InvalidInputException e) {
            throw new InvalidInputException(
                "cannot write " + target + ": tensor " + Quoted.name(name) + ": " + e.getMessage(),
                e);
          }
        });
  }

  private static byte[] header(
      Map<String, TensorInfo> infos, List<TensorInfo> layout, Map<String, String> metadata) {
    Map<String, Long> begins = new LinkedHashMap<>();
    long end = 0;
    for (TensorInfo info : layout) {
      begins.put(info.name(), end);
      end += Shapes.bytes(info.dtype(), info.shape());
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = new JsonFactory().createGenerator(bytes)) {
      json.writeStartObject();
      if (!metadata.isEmpty()) {
        json.writeObjectFieldStart("__metadata__");
        for (Map.Entry<String, String> entry : metadata.entrySet()) {
          json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
      }
      for (TensorInfo info : infos.values()) {
        writeEntry(json, info, begins.get(info.name()));
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return padded(bytes.toByteArray());
  }

  private static void writeEntry(JsonGenerator json, TensorInfo info, long begin)
      throws IOException {
    long[] shape = info.dimensions();
    json.writeObjectFieldStart(info.name());
    json.writeStringField("dtype", info.dtype().name());
    json.writeFieldName("shape");
    json.writeArray(shape, 0, shape.length);
    json.writeFieldName("data_offsets");
    json.writeArray(new long[] {begin, begin + Shapes.bytes(info.dtype(), info.shape())}, 0, 2);
    json.writeEndObject();
  }

  private static byte[] padded(byte[] json) {
    byte[] header = Arrays.copyOf(json, (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
    Arrays.fill(header, json.length, header.length, (byte) ' ');
    return header;
  }

  private static void writeTensor(FileChannel channel, Tensor tensor) throws IOException {
    try {
      Scope.run(
          () -> {
            Tensor contiguous = tensor.detach().cpu().contiguous();
            long length = contiguous.nbytes();
            for (long done = 0; done < length; done += WINDOW) {
              long part = Math.min(WINDOW, length - done);
              writeFullyUnchecked(channel, TensorMemory.bytes(contiguous, done, part));
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static void writeFullyUnchecked(FileChannel channel, ByteBuffer buffer) {
    try {
      writeFully(channel, buffer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }
}
