package org.ptuning4j.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;

class DemoFolderTest {

  @TempDir Path folder;

  @Test
  void aDemoReplacesOnlyADemo() throws IOException {
    Path demo = DemoFolder.prepare(folder.resolve("demo"));
    Files.createDirectories(demo.resolve("runs").resolve("old"));
    assertThat(DemoFolder.prepare(demo).resolve("runs")).doesNotExist();

    Path mine = Files.createDirectory(folder.resolve("mine"));
    Path thesis = Files.writeString(mine.resolve("thesis.txt"), "years", StandardCharsets.UTF_8);
    assertThatThrownBy(() -> DemoFolder.prepare(mine))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("--out");
    assertThat(thesis).exists();
  }

  @Test
  void anEmptyFolderMayBeUsed() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertThat(DemoFolder.prepare(empty)).isEqualTo(empty);
  }
}
