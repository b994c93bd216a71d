package org.ptuning4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A search as a process whose trials are processes, which are killed. */
@Tag("ci")
class SearchProcessTest {

  private static final int PATIENCE_SECONDS = 300;

  @TempDir static Path folder;
  private static Path train;
  private static Path dev;

  @BeforeAll
  static void write() throws IOException {
    train = TinyData.reviews(folder.resolve("train.jsonl"), 48);
    dev = TinyData.reviews(folder.resolve("dev.jsonl"), 16);
  }

  private static Process search(String out) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of("search", "--model", "bert-mini", "--text", "text", "--label", "label"));
    command.addAll(List.of("--train", train.toString(), "--dev", dev.toString()));
    command.addAll(List.of("--trials", "4", "--epochs", "3", "--final-seeds", "2"));
    command.addAll(List.of("--batch", "8", "--precision", "fp32", "--over", "prompt-length=2,4"));
    command.addAll(List.of("--out", folder.resolve(out).toString()));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("OMP_NUM_THREADS", "1");
    builder.environment().put("OPENBLAS_NUM_THREADS", "1");
    builder.environment().put("OMP_WAIT_POLICY", "PASSIVE");
    File log = folder.resolve(out + ".log").toFile();
    return builder
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
        .start();
  }

  private static int exitCode(Process process) throws InterruptedException {
    boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (!ended) {
      process.destroyForcibly();
    }
    assertThat(ended).as("the process ends by itself").isTrue();
    return process.exitValue();
  }

  /**
   * Runs a search until something is there, and kills it.
   *
   * @param both whether the process of its trial is killed, too
   */
  private static void killWhen(String out, boolean both, BooleanSupplier isThere) throws Exception {
    Process search = search(out);
    while (search.isAlive() && !isThere.getAsBoolean()) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    assertThat(search.isAlive()).as("it is killed in the middle: %s", log(out)).isTrue();
    List<ProcessHandle> trials = search.descendants().toList();
    search.destroyForcibly(); // SIGKILL
    if (both) {
      trials.forEach(ProcessHandle::destroyForcibly);
    }
    search.waitFor();
    if (both) {
      trials.forEach(each -> each.onExit().join());
    }
  }

  private static String log(String out) throws IOException {
    return Files.readString(folder.resolve(out + ".log"));
  }

  private static boolean isThere(String out, String file) {
    return Files.exists(folder.resolve(out).resolve(file));
  }

  @Test
  void killedInATrialInAPromotionAndInARepetitionItFindsTheSameWinner() throws Exception {
    Process straight = search("straight");
    assertThat(exitCode(straight)).as(log("straight")).isZero();

    // In the middle of the second trial, of a trial that goes on, and of a further seed.
    killWhen("killed", true, () -> isThere("killed", "runs/0001/metrics.jsonl"));
    killWhen("killed", false, () -> isThere("killed", "trials/0003.json"));
    killWhen("killed", true, () -> hasRepetition("killed"));
    assertThat(isThere("killed", "search.json")).isFalse();
    Process last = search("killed");
    assertThat(exitCode(last)).as(log("killed")).isZero();

    Path one = folder.resolve("straight");
    Path other = folder.resolve("killed");
    assertThat(other.resolve("pack/prompt.safetensors"))
        .hasSameBinaryContentAs(one.resolve("pack/prompt.safetensors"));
    assertThat(other.resolve("winner.yaml"))
        .content()
        .isEqualTo(
            Files.readString(one.resolve("winner.yaml")).replace(one.toString(), other.toString()));
    for (int trial = 0; trial < 4; trial++) {
      String pack = "runs/000%d/pack/prompt.safetensors".formatted(trial);
      assertThat(other.resolve(pack)).hasSameBinaryContentAs(one.resolve(pack));
    }
  }

  private static boolean hasRepetition(String out) {
    try (var runs = Files.list(folder.resolve(out).resolve("runs"))) {
      return runs.anyMatch(
          run ->
              run.getFileName().toString().contains("-") && Files.exists(run.resolve("run.json")));
    } catch (IOException e) {
      return false;
    }
  }
}
