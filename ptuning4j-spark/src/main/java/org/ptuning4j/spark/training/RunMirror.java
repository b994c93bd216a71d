package org.ptuning4j.spark.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.ptuning4j.spark.row.RowLines;

/**
 * Keeps a copy of a run's state where it outlives the machine that trains: in the folder that all
 * share. The checkpoint is copied last, so that all that it names is there before it.
 */
final class RunMirror {

  private static final String CHECKPOINT = "checkpoint.safetensors";
  private static final String BEST = "best-\\d+\\.safetensors";

  private final Path run;
  private final SharedFolder shared;
  private final Map<String, Long> copied = new HashMap<>();

  RunMirror(Path run, SharedFolder shared) {
    this.run = run;
    this.shared = shared;
  }

  /** The state that an earlier attempt left; nothing if it did not come to a checkpoint. */
  static FileBundle state(SharedFolder shared) {
    if (shared.read(CHECKPOINT).isEmpty()) {
      return FileBundle.EMPTY;
    }
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (String name : shared.names("")) {
      if (isState(name)) {
        shared.read(name).ifPresent(bytes -> files.put(name, bytes));
      }
    }
    return new FileBundle(files);
  }

  private static boolean isState(String name) {
    return name.matches("run\\.json|metrics\\.jsonl|range-test\\.json|restarts\\.json|" + BEST)
        || name.equals(CHECKPOINT);
  }

  /** Copies what has changed. */
  void copy() {
    List<String> names = names();
    names.stream().filter(name -> !name.equals(CHECKPOINT)).forEach(this::copy);
    if (names.contains(CHECKPOINT)) {
      copy(CHECKPOINT);
    }
    shared.names("").stream()
        .filter(name -> name.matches(BEST) && !names.contains(name))
        .forEach(shared::delete);
  }

  private List<String> names() {
    try (Stream<Path> files = Files.list(run)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(RunMirror::isState)
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(run + " cannot be read", e);
    }
  }

  private void copy(String name) {
    byte[] bytes = read(run.resolve(name));
    long sum = RowLines.place(new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1));
    if (!Long.valueOf(sum).equals(copied.put(name, sum))) {
      shared.write(name, bytes);
    }
  }

  /** Copies what a finished run has: its pack and its result. */
  void finish() {
    copy();
    FileBundle.of(run.resolve("pack"))
        .files()
        .forEach((name, bytes) -> shared.write("pack/" + name, bytes));
    shared.write("result.json", read(run.resolve("result.json")));
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be read", e);
    }
  }
}
