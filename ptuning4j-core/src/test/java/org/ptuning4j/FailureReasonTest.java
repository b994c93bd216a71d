package org.ptuning4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FailureReasonTest {

  @TempDir Path folder;

  private static String reason(ThrowingCallable failing) {
    return FailureReason.of(catchThrowableOfType(IOException.class, failing));
  }

  @Test
  void whatJavaSaysByTheNameAloneIsSaidInWords() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertThat(reason(() -> Files.readAllBytes(folder.resolve("none"))))
        .isEqualTo("no such file or folder");
    assertThat(reason(() -> Files.createDirectories(file)))
        .isEqualTo("something of that name is there already");
    assertThat(reason(() -> Files.list(file))).isEqualTo("it is no folder");
  }

  @Test
  void theSystemsOwnWordsAreKept() {
    assertThat(FailureReason.of(new IOException("No space left on device")))
        .isEqualTo("No space left on device");
    assertThat(FailureReason.of(new EOFException())).contains("cut off");
    assertThat(FailureReason.of(new IOException())).isEqualTo("IOException");
  }
}
