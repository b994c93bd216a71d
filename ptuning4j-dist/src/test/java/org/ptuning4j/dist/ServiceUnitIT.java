package org.ptuning4j.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The unit of systemd, as systemd understands it. */
class ServiceUnitIT {

  private static final Path ANALYZE = Path.of("/usr/bin/systemd-analyze");
  private static final Path UNIT = Path.of("../deploy/systemd/ptune.service");

  @TempDir Path folder;

  private static String said(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return said;
  }

  /** Of the unit itself nothing is said; that the program is not installed here is no fault. */
  @Test
  void systemdKnowsEveryLine() throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(ANALYZE), "no systemd");
    Path unit = folder.resolve("ptune.service");
    String text = Files.readString(UNIT);
    Files.writeString(unit, text.replace("/opt/ptune/bin/ptune", "/bin/sh"));
    assertThat(said(List.of(ANALYZE.toString(), "verify", "--man=no", unit.toString())))
        .doesNotContain("ptune.service");
    Files.writeString(unit, text.replace("ProtectHome", "ProtectHomes"));
    assertThat(said(List.of(ANALYZE.toString(), "verify", "--man=no", unit.toString())))
        .contains("ProtectHomes");
  }

  @Test
  void theServiceMayDoLittle() throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(ANALYZE), "no systemd");
    List<String> command =
        List.of(ANALYZE.toString(), "security", "--offline=yes", "--threshold=20", UNIT.toString());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }

  /** The wait for accepted requests is longer than the server's own. */
  @Test
  void theEndIsOrderly() throws IOException {
    String text = Files.readString(UNIT);
    assertThat(text).contains("KillSignal=SIGTERM", "SuccessExitStatus=143", "TimeoutStopSec=45");
  }
}
