package org.ptuning4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.hub.Models;

/** Models by name from the command line, with a cache as Hugging Face's own library leaves it. */
class ModelsProcessTest {

  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  @TempDir Path folder;

  private Run run(String... args) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add("org.ptuning4j.cli.Main");
    command.addAll(List.of(args));
    Path out = folder.resolve("out.txt");
    Path err = folder.resolve("err.txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("HF_"));
    builder.environment().put("HF_HOME", folder.resolve("hf").toString());
    builder.environment().put("XDG_CACHE_HOME", folder.resolve("cache").toString());
    builder.environment().put("HF_HUB_OFFLINE", "1");
    // What else has been fetched on this machine is no concern of the test.
    builder.environment().put("XDG_CACHE_HOME", folder.resolve("cache").toString());
    builder.environment().put("OMP_NUM_THREADS", "1");
    builder.environment().put("OPENBLAS_NUM_THREADS", "1");
    Process process = builder.start();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    return new Run(
        process.exitValue(),
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
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
    assertThat(run("models").out()).contains("owner/mini").contains(COMMIT.substring(0, 12));
    String data = TinyData.reviews(folder.resolve("data.jsonl"), 16).toString();
    Path out = folder.resolve("run");
    Run trained =
        run(
            "train",
            "--model",
            "owner/mini",
            "--train",
            data,
            "--dev",
            data,
            "--text",
            "text",
            "--label",
            "label",
            "--epochs",
            "1",
            "--out",
            out.toString());
    assertThat(trained.code()).as(trained.err()).isZero();
    assertThat(
            new ObjectMapper()
                .readTree(Files.readAllBytes(out.resolve("pack/prompt.json")))
                .at("/backbone/id")
                .asText())
        .isEqualTo("owner/mini@" + COMMIT);
    Run predicted =
        run("predict", "--model", "owner/mini@main", "--pack", out.toString(), "a text");
    assertThat(predicted.code()).as(predicted.err()).isZero();
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
  void publishedDataIsFoundWhereNoFilesAreGiven() throws IOException, InterruptedException {
    cacheData("sst2", "train.tsv", "dev.tsv");
    String out = folder.resolve("run").toString();
    Run trained =
        run("train", "--model", "bert-mini", "--task", "sst2", "--epochs", "1", "--out", out);
    assertThat(trained.code()).as(trained.err()).isZero();
    Run evaluated = run("eval", "--model", "bert-mini", "--pack", out);
    assertThat(evaluated.code()).as(evaluated.err()).isZero();
    assertThat(evaluated.out()).contains("8 rows");
    for (List<String> study :
        List.of(List.of("compare"), List.of("ablate", "--over", "length", "--values", "2,3"))) {
      List<String> args = new ArrayList<>(study);
      args.addAll(List.of("--model", "bert-mini", "--task", "sst2", "--dry-run", "--out", out + 2));
      Run planned = run(args.toArray(String[]::new));
      assertThat(planned.code()).as(planned.err()).isZero();
    }
    Run missing = run("compare", "--model", "bert-mini", "--task", "rte", "--out", out + 3);
    assertThat(missing.code()).isEqualTo(2);
    assertThat(missing.err()).contains("'rte'").contains("HF_HUB_OFFLINE");
    Run unpublished = run("compare", "--model", "bert-mini", "--task", "conll03", "--out", out + 4);
    assertThat(unpublished.code()).isEqualTo(2);
    assertThat(unpublished.err()).contains("where are the files of task 'conll03'?");
    Run diagnostic = run("eval", "--model", "bert-mini", "--pack", out, "--task", "axb");
    assertThat(diagnostic.code()).isEqualTo(2);
  }

  @Test
  void whatIsRemovedIsGone() throws IOException, InterruptedException {
    cacheBertMini();
    Run removed = run("models", "remove", "owner/mini");
    assertThat(removed.out()).contains("Removed owner/mini");
    assertThat(folder.resolve("hf/hub/models--owner--mini")).doesNotExist();
    assertThat(Models.resolve("bert-mini").resolve("config.json")).exists();
    Run again = run("models", "remove", "owner/mini");
    assertThat(again.code()).isEqualTo(2);
    assertThat(again.err()).contains("owner/mini");
    Run missing = run("inspect", "owner/mini");
    assertThat(missing.code()).isEqualTo(2);
    assertThat(missing.err()).contains("HF_HUB_OFFLINE");
    assertThat(run("models").out()).contains("No models have been fetched");
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
