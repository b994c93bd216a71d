package org.ptuning4j.spark.training;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.ptuning4j.InvalidInputException;

/**
 * Small files by their names, in memory.
 *
 * @param files the content of each; a name has no folders in it
 */
public record FileBundle(Map<String, byte[]> files) implements Serializable {

  /** No file. */
  static final FileBundle EMPTY = new FileBundle(Map.of());

  /** Copies the map; checks the names. */
  public FileBundle {
    files.keySet().forEach(FileBundle::requirePlain);
    files = new LinkedHashMap<>(files); // a serializable one
  }

  private static void requirePlain(String name) {
    if (name.isEmpty() || name.contains("/") || name.contains("\\") || name.equals("..")) {
      throw InvalidInputException.of("'%s' is no plain name of a file", name);
    }
  }

  /** The files of a folder, those in folders within it apart. */
  public static FileBundle of(Path folder) {
    Map<String, byte[]> found = new LinkedHashMap<>();
    try (Stream<Path> all = Files.list(folder)) {
      for (Path each : all.filter(Files::isRegularFile).sorted().toList()) {
        found.put(each.getFileName().toString(), Files.readAllBytes(each));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " cannot be read", e);
    }
    return new FileBundle(found);
  }

  /** Whether there is none. */
  public boolean isEmpty() {
    return files.isEmpty();
  }

  /** Writes the files into a folder, which is made. */
  public void writeTo(Path folder) {
    try {
      Files.createDirectories(folder);
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        Files.write(folder.resolve(file.getKey()), file.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " cannot be written", e);
    }
  }

  /** All of it in one array. */
  byte[] bytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(files.size());
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        out.writeUTF(file.getKey());
        out.writeInt(file.getValue().length);
        out.write(file.getValue());
      }
    } catch (IOException e) {
      throw new IllegalStateException("memory can be written to", e);
    }
    return bytes.toByteArray();
  }

  /** What {@link #bytes} wrote. */
  static FileBundle read(byte[] bytes) {
    Map<String, byte[]> files = new LinkedHashMap<>();
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int count = in.readInt();
      for (int i = 0; i < count; i++) {
        String name = in.readUTF();
        files.put(name, in.readNBytes(in.readInt()));
      }
    } catch (IOException e) {
      throw new IllegalStateException("memory can be read", e);
    }
    return new FileBundle(files);
  }
}
