package org.ptuning4j.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Where the tests find tokenizers. */
final class TestTokenizers {

  private TestTokenizers() {}

  /** The model folder of a golden set among the test resources. */
  static Path golden(String name) {
    try {
      URI uri = TestTokenizers.class.getResource("/golden/" + name + "/model").toURI();
      return Path.of(uri);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * A file or folder of the data beside the checkout: in the system property {@code shared.dir}, or
   * in a folder {@code shared} above the working directory. The test is skipped where it is absent.
   */
  static Path shared(String path) {
    Path found = sharedFolder().resolve(path);
    Assumptions.assumeTrue(
        Files.exists(found), () -> "skipped: no " + path + " (set -Dshared.dir)");
    return found;
  }

  private static Path sharedFolder() {
    String folder = System.getProperty("shared.dir");
    if (folder != null && !folder.isBlank()) {
      return Path.of(folder);
    }
    Path at = Path.of("").toAbsolutePath();
    while (at != null && !Files.isDirectory(at.resolve("shared"))) {
      at = at.getParent();
    }
    return at == null ? Path.of("shared") : at.resolve("shared");
  }

  /** Copies some files of a folder, so that older ones are read. */
  static void copy(Path from, Path to, String... files) throws IOException {
    assertThat(files).isNotEmpty();
    for (String file : files) {
      Files.copy(from.resolve(file), to.resolve(file));
    }
  }
}
