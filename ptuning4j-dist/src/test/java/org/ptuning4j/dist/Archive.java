package org.ptuning4j.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The archives that this build has made. */
final class Archive {

  private Archive() {}

  /** The name of both, without what tells the format. */
  static String name() {
    return System.getProperty("archive.name");
  }

  static Path file(String extension) {
    return Path.of(System.getProperty("archives")).resolve(name() + extension);
  }

  /** The files in the zip, with their permissions. */
  static Map<String, Set<PosixFilePermission>> zipped() throws IOException {
    Map<String, Set<PosixFilePermission>> files = new TreeMap<>();
    URI zip = URI.create("jar:" + file(".zip").toUri());
    try (FileSystem inside =
            FileSystems.newFileSystem(zip, Map.of("enablePosixFileAttributes", "true"));
        Stream<Path> all = Files.walk(inside.getPath("/"))) {
      for (Path path : all.filter(Files::isRegularFile).toList()) {
        files.put(path.toString().substring(1), Files.getPosixFilePermissions(path));
      }
    }
    return files;
  }

  /** Unpacks the other one; its folder. */
  static Path untarred(Path into) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("tar", "-xzf"));
    command.addAll(List.of(file(".tar.gz").toString(), "-C", into.toString()));
    Process tar = new ProcessBuilder(command).inheritIO().start();
    assertThat(tar.waitFor()).isZero();
    return into.resolve(name());
  }
}
