package org.ptuning4j.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;

/**
 * Where things are in a registry's folder. No path is made of a name that was not checked, and no
 * symbolic link within the folder is followed.
 *
 * @param root the folder
 */
record RegistryFiles(Path root) {

  static final String VERSION = "version.json";
  static final String SIGNATURE = "signature.json";

  private static final int LARGEST = 64 << 20;

  Path marker() {
    return root.resolve("registry.json");
  }

  /** What the folder is a mirror of, where it is one. */
  Path mirror() {
    return root.resolve("mirror.json");
  }

  Path lock() {
    return root.resolve("lock");
  }

  History history() {
    return new History(root.resolve("history.jsonl"));
  }

  Path packs() {
    return root.resolve("packs");
  }

  Path pack(String name) {
    return packs().resolve(RegistryName.ofPack(name));
  }

  Path state(String name) {
    return pack(name).resolve("state.json");
  }

  Path version(String name, int version) {
    return pack(name).resolve(String.valueOf(version));
  }

  /** The names under which something was published, sorted. */
  List<String> names() {
    return list(packs()).stream()
        .filter(folder -> Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS))
        .map(folder -> String.valueOf(folder.getFileName()))
        .filter(RegistryName::isOne)
        .sorted()
        .toList();
  }

  /** What is published under a name; nothing where the name is new. */
  NameState stateOf(String name) {
    Path file = state(name);
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return NameState.EMPTY;
    }
    try {
      return RegistryJson.read(read(file), NameState.class, file);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /** A small file's content; a symbolic link is none. */
  static byte[] read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      byte[] content = in.readNBytes(LARGEST + 1);
      if (content.length > LARGEST) {
        throw InvalidInputException.of("%s: more than %d bytes", file, LARGEST);
      }
      return content;
    }
  }

  static List<Path> list(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw unreadable(folder, e);
    }
  }

  static void makeFolder(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make " + folder + ": " + FailureReason.of(e), e);
    }
  }

  static InvalidInputException unreadable(Path file, IOException e) {
    return new InvalidInputException(
        "registry: " + file + " cannot be read (" + FailureReason.of(e) + ")", e);
  }
}
