package org.ptuning4j.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;

/** A file of results is there complete or not at all. */
class OutputFileTest {

  @TempDir Path folder;

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Console console =
      new Console(
          InputStream.nullInputStream(),
          OutputStream.nullOutputStream(),
          new PrintStream(err, true, StandardCharsets.UTF_8),
          false);

  private OutputFile file(String name, Path... inputs) {
    return OutputFile.of("output", folder.resolve(name), List.of(inputs), console);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private String read(String name) throws IOException {
    return Files.readString(folder.resolve(name), StandardCharsets.UTF_8);
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text, StandardCharsets.UTF_8);
  }

  @Test
  void theFileHasItsNameWhenItIsComplete() throws IOException {
    write("labels", "before");
    try (OutputFile file = file("labels")) {
      file.open();
      file.line("é 1");
      file.flush();
      assertThat(read("labels")).isEqualTo("before");
      file.line("2");
      file.commit();
    }
    assertThat(read("labels")).isEqualTo("é 1\n2\n");
    assertThat(names()).containsExactly("labels");
  }

  @Test
  void whatWasThereStaysWhenNothingIsMade() throws IOException {
    write("labels", "before");
    try (OutputFile never = file("labels")) {
      assertThat(never).isNotNull();
      assertThat(names()).containsExactly("labels");
    }
    try (OutputFile failed = file("labels")) {
      failed.open();
      failed.line("1");
    }
    assertThat(read("labels")).isEqualTo("before");
    assertThat(names()).containsExactly("labels");
  }

  @Test
  void whatWasWrittenByAnInterruptIsKeptAndNamed() throws IOException {
    write("labels", "before");
    write("labels.part", "of another time");
    try (OutputFile file = file("labels")) {
      file.open();
      file.line("1");
      file.keepPartial();
      file.line("too late");
      file.commit();
    }
    assertThat(read("labels")).isEqualTo("before");
    assertThat(read("labels.part2")).isEqualTo("1\n");
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("the first 1 line of it is in " + folder.resolve("labels.part2"));
    try (OutputFile empty = file("other")) {
      empty.open();
      empty.keepPartial();
    }
    assertThat(names()).containsExactly("labels", "labels.part", "labels.part2");
  }

  @Test
  void aLineThatBreaksOffIsNotKept() throws IOException {
    try (OutputFile file = file("labels")) {
      file.open();
      file.line("1");
      file.line("é");
      file.text("{\"line\":3,\"la");
      file.keepPartial();
    }
    assertThat(read("labels.part")).isEqualTo("1\né\n");
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("the first 2 lines of it are in");
    try (OutputFile file = file("other")) {
      file.open();
      file.text("{\"li");
      file.keepPartial();
    }
    assertThat(names()).containsExactly("labels.part");
  }

  @Test
  void anInputIsNeverTheOutput() throws IOException {
    Path input = write("rows.jsonl", "{}");
    Path hard = Files.createLink(folder.resolve("hard"), input);
    Path soft = Files.createSymbolicLink(folder.resolve("soft"), Path.of("rows.jsonl"));
    for (String name : List.of("rows.jsonl", "./rows.jsonl", "soft", "hard")) {
      assertThatThrownBy(() -> file(name, folder.resolve("elsewhere"), input))
          .as(name)
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("the input itself");
    }
    assertThatThrownBy(() -> file("rows.jsonl", hard)).hasMessageContaining("the input itself");
    assertThatThrownBy(() -> file("rows.jsonl", soft)).hasMessageContaining("the input itself");
    assertThat(read("rows.jsonl")).isEqualTo("{}");
  }

  @Test
  void aLinkStaysALinkAndPermissionsStay() throws IOException {
    assumeTrue(folder.getFileSystem().supportedFileAttributeViews().contains("posix"), "no modes");
    Path real = write("real", "before");
    Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rw-r-----"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("real"));
    try (OutputFile file = file("link")) {
      file.open();
      file.line("after");
      file.commit();
    }
    assertThat(link).isSymbolicLink();
    assertThat(read("real")).isEqualTo("after\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(real)))
        .isEqualTo("rw-r-----");
  }

  @Test
  void whatCannotBeWrittenIsSaidBeforeAnythingElse() throws IOException {
    Files.createDirectory(folder.resolve("inner"));
    assertThatThrownBy(() -> file("inner")).hasMessageContaining("is a folder");
    assertThatThrownBy(() -> file("nowhere/labels"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("does not exist");
    assertThat(names()).containsExactly("inner");
  }

  @Test
  void aDeviceIsWrittenToDirectly() {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "no /dev/full");
    try (OutputFile file = OutputFile.of("output", full, List.of(), console)) {
      file.open();
      file.line("1");
      assertThatThrownBy(file::flush)
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("/dev/full cannot be written");
      file.keepPartial();
    }
    assertThat(full).exists();
  }
}
