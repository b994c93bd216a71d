package org.ptuning4j.data.tagging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRowPolicy;
import org.ptuning4j.data.Examples;

/** Files that the tests of the readers of sentences write, and what they ask of bad ones. */
record SequenceFiles(Path folder) {

  private static final int MIB = 1 << 20;

  Path write(String name, String text) throws IOException {
    return write(name, text, StandardCharsets.UTF_8);
  }

  Path write(String name, String text, Charset charset) throws IOException {
    return Files.write(folder.resolve(name), text.getBytes(charset));
  }

  Path gzip(String name, String text) throws IOException {
    return Files.write(folder.resolve(name), gzipped(text));
  }

  /** A gzipped file of which the end is missing. */
  Path cutGzip(String name, String text) throws IOException {
    byte[] whole = gzipped(text);
    return Files.write(folder.resolve(name), Arrays.copyOf(whole, whole.length - 9));
  }

  private static byte[] gzipped(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  /** A file in the middle of which stand 20 MiB of x without a line break: 16 are read. */
  Path withLongLine(String name, String before, String behind) throws IOException {
    Path file = folder.resolve(name);
    byte[] xs = new byte[MIB];
    Arrays.fill(xs, (byte) 'x');
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(before.getBytes(StandardCharsets.UTF_8));
      for (int i = 0; i < 20; i++) {
        out.write(xs);
      }
      out.write(behind.getBytes(StandardCharsets.UTF_8));
    }
    return file;
  }

  /** One of the examples that come with the library. */
  Path example(String name) throws IOException {
    Path file = folder.resolve(name);
    try (InputStream in =
        ConllReader.class.getResourceAsStream("/org/ptuning4j/examples/" + name)) {
      Files.copy(in, file);
    }
    return file;
  }

  /** Asks for one bad row, and for a refusal that names the file, the line and the cause. */
  static void assertOneBad(Examples<?> read, int line, String cause) {
    assertThat(read.badRows()).hasSize(1);
    assertRefused(read, line, cause);
  }

  /** Asks for a refusal that names the file, the line and the cause. */
  static void assertRefused(Examples<?> read, int line, String cause) {
    assertThatThrownBy(() -> read.usable(BadRowPolicy.REFUSE))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(read.file().toString())
        .hasMessageContaining("line " + line)
        .hasMessageContaining(cause);
    assertThat(read.badRows())
        .anyMatch(bad -> bad.line() == line && bad.cause().contains(cause))
        .allMatch(bad -> bad.cause().length() < 400);
  }
}
