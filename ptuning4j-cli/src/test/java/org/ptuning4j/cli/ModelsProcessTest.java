package org.ptuning4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.hub.Models;
import org.ptuning4j.tensor.Torch;

/** Models by name from the command line, with a cache as Hugging Face's own library leaves it. */
class ModelsProcessTest {

  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  @TempDir Path folder;

  /** Runs commands one after the other, in one process whose environment names the caches. */
  private List<Run> run(String... commands) throws IOException, InterruptedException {
    Path cache = Files.createDirectories(folder.resolve("cache/ptuning4j"));
    Path kernels = Torch.cacheFolder().resolve("kernels.json");
    if (Files.exists(kernels)) {
      Files.copy(kernels, cache.resolve("kernels.json"));
    }
    Path log = folder.resolve("log.txt");
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                RunsProcess.class.getName(),
                folder.toString(),
                String.join("\n", commands))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("HF_"));
    builder.environment().put("HF_HOME", folder.resolve("hf").toString());
    builder.environment().put("HF_HUB_OFFLINE", "1");
    // What else has been fetched on this machine is no concern of the test.
    builder.environment().put("XDG_CACHE_HOME", folder.resolve("cache").toString());
    builder.environment().put("OMP_NUM_THREADS", "1");
    builder.environment().put("OPENBLAS_NUM_THREADS", "1");
    Process process = builder.start();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(log, StandardCharsets.UTF_8)).isZero();
    List<Run> runs = RunsProcess.read(folder);
    assertThat(runs).hasSameSizeAs(commands);
    return runs;
  }

  private void cacheBertMini() throws IOException {
    Path repository = folder.resolve("hf/hub/models--owner--mini");
    Path snapshot = Files.createDirectories(repository.resolve("snapshots").resolve(COMMIT));
    Files.createDirectories(repository.resolve("refs"));
    Files.writeString(repository.resolve("refs/main"), COMMIT, StandardCharsets.UTF_8);
    try (Stream<Path> files = Files.list(Models.resolve("bert-mini"))) {
      for (Path file : files.toList()) {
        Files.createSymbolicLink(snapshot.resolve(file.getFileName()), file);
      }
    }
  }

  @Test
  void aModelOfTheHubIsUsedByItsName() throws IOException, InterruptedException {
    cacheBertMini();
    TinyData.reviews(folder.resolve("data.jsonl"), 16);
    List<Run> runs =
        run(
            "models",
            "train --model owner/mini --train FOLDER/data.jsonl --dev FOLDER/data.jsonl"
                + " --text text --label label --epochs 1 --precision fp32 --out FOLDER/run",
            "predict --model owner/mini@main --precision fp32 --pack FOLDER/run text");
    assertThat(runs.get(0).out()).contains("owner/mini").contains(COMMIT.substring(0, 12));
    assertThat(runs.get(1).code()).as(runs.get(1).err()).isZero();
    Path pack = folder.resolve("run/pack/prompt.json");
    assertThat(new ObjectMapper().readTree(pack.toFile()).at("/backbone/id").asText())
        .isEqualTo("owner/mini@" + COMMIT);
    assertThat(runs.get(2).code()).as(runs.get(2).err()).isZero();
  }

  private void cacheData(String task, String train, String dev) throws IOException {
    Path data = Files.createDirectories(folder.resolve("cache/ptuning4j/data").resolve(task));
    StringBuilder rows = new StringBuilder("sentence\tlabel\n");
    for (int i = 0; i < 8; i++) {
      rows.append("a film of the year ").append(i).append('\t').append(i % 2).append('\n');
    }
    Files.writeString(data.resolve(train), rows, StandardCharsets.UTF_8);
    Files.writeString(data.resolve(dev), rows, StandardCharsets.UTF_8);
    Files.writeString(
        data.resolve("origin.json"),
        "{\"name\": \"published\", \"sha256\": \"0123456789abcdef\"}",
        StandardCharsets.UTF_8);
  }

  /** Nothing is said of files, and nothing is fetched: the cache has them. */
  @Test
  @Tag("ci")
  void publishedDataIsFoundWhereNoFilesAreGiven() throws IOException, InterruptedException {
    cacheData("sst2", "train.tsv", "dev.tsv");
    List<Run> runs =
        run(
            "train --model bert-mini --task sst2 --epochs 1 --precision fp32 --out FOLDER/run",
            "eval --model bert-mini --precision fp32 --pack FOLDER/run",
            "compare --model bert-mini --task sst2 --dry-run --out FOLDER/2",
            "ablate --over length --values 2,3 --model bert-mini --task sst2 --dry-run"
                + " --out FOLDER/2",
            "compare --model bert-mini --task rte --out FOLDER/3",
            "compare --model bert-mini --task conll03 --out FOLDER/4",
            "eval --model bert-mini --pack FOLDER/run --task axb");
    for (Run found : runs.subList(0, 4)) {
      assertThat(found.code()).as(found.err()).isZero();
    }
    assertThat(runs.get(1).out()).contains("8 rows");
    for (Run refused : runs.subList(4, 7)) {
      assertThat(refused.code()).as(refused.out()).isEqualTo(2);
    }
    assertThat(runs.get(4).err()).contains("'rte'").contains("HF_HUB_OFFLINE");
    assertThat(runs.get(5).err()).contains("where are the files of task 'conll03'?");
  }

  @Test
  void whatIsRemovedIsGone() throws IOException, InterruptedException {
    cacheBertMini();
    List<Run> runs =
        run("models remove owner/mini", "models remove owner/mini", "inspect owner/mini", "models");
    assertThat(runs.get(0).out()).contains("Removed owner/mini");
    assertThat(folder.resolve("hf/hub/models--owner--mini")).doesNotExist();
    assertThat(Models.resolve("bert-mini").resolve("config.json")).exists();
    assertThat(runs.get(1).code()).isEqualTo(2);
    assertThat(runs.get(1).err()).contains("owner/mini");
    assertThat(runs.get(2).code()).isEqualTo(2);
    assertThat(runs.get(2).err()).contains("HF_HUB_OFFLINE");
    assertThat(runs.get(3).out()).contains("No models have been fetched");
  }

  @Test
  void whichModelMustBeSaid() {
    Run unnamed = Run.of("models", "fetch");
    assertThat(unnamed.code()).isEqualTo(2);
    assertThat(unnamed.err()).contains("which model to fetch");
    Run unknown = Run.of("models", "burn", "x/y");
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.err()).contains("'burn'").contains("list, fetch, remove");
  }
}
