package org.ptuning4j.tensor.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Safetensors files made by hand, sound or not. */
final class SafetensorsBytes {

  private SafetensorsBytes() {}

  /** A file of a header and so many bytes of data: 0, 1, 2, ... */
  static byte[] of(String header, int dataLength) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer file = ByteBuffer.allocate(8 + json.length + dataLength);
    file.order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).put(json);
    for (int i = 0; i < dataLength; i++) {
      file.put((byte) i);
    }
    return file.array();
  }

  static Path write(Path folder, byte[] bytes) {
    try {
      return Files.write(folder.resolve("model.safetensors"), bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
