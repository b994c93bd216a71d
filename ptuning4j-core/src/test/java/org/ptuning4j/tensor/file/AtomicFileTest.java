package org.ptuning4j.tensor.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;

class AtomicFileTest {

  @TempDir private Path folder;
  private Path target;

  @BeforeEach
  void setTarget() {
    target = folder.resolve("settings.json");
  }

  @Test
  void writesANewFileAndReplacesAnOldOne() throws IOException {
    AtomicFile.write(target, out -> out.write(utf8("a long first version")));
    AtomicFile.write(target, out -> out.write(utf8("second")));
    assertThat(target).hasContent("second");
    AtomicFile.writeChannel(target, channel -> channel.write(ByteBuffer.wrap(utf8("third"))));
    assertThat(target).hasContent("third");
    assertOnlyTheTargetIsThere();
  }

  @Test
  void theOldFileIsThereUntilTheNewOneIsWhole() {
    AtomicFile.write(target, out -> out.write(utf8("old")));
    AtomicFile.write(
        target,
        out -> {
          out.write(utf8("new"));
          out.flush();
          assertThat(target).hasContent("old");
        });
    assertThat(target).hasContent("new");
  }

  @Test
  void aFailureLeavesTheOldFileAndNoOther() throws IOException {
    AtomicFile.write(target, out -> out.write(utf8("old")));
    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    target,
                    out -> {
                      out.write(utf8("half of the n"));
                      throw new IOException("No space left on device");
                    }))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessage(
            "cannot write "
                + target
                + ": No space left on device; a file that was there is unchanged");
    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    target,
                    out -> {
                      throw new InvalidInputException("bad tensor");
                    }))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("bad tensor");
    assertThat(target).hasContent("old");
    assertOnlyTheTargetIsThere();
  }

  @Test
  void saysThatTheFolderIsMissing() {
    Path file = folder.resolve("none").resolve("a.json");
    assertThatThrownBy(() -> AtomicFile.write(file, out -> out.write(1)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("cannot write " + file + ": there is no folder " + file.getParent());
  }

  @Test
  void saysThatTheTargetIsAFolder() {
    assertThatThrownBy(() -> AtomicFile.write(folder, out -> out.write(1)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("cannot write " + folder + ": it is a folder");
  }

  private void assertOnlyTheTargetIsThere() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(target);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
