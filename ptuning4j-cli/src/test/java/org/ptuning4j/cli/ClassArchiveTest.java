package org.ptuning4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the launcher runs once for the classes that it loads. */
class ClassArchiveTest {

  @Test
  void trainsAndPredicts(@TempDir Path folder) throws IOException {
    assertThat(ClassArchive.run(folder)).isZero();
    assertThat(folder.resolve("run").resolve("pack").resolve("prompt.json")).isRegularFile();
  }
}
