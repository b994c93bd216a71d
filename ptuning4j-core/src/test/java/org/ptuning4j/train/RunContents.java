package org.ptuning4j.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.file.SafetensorsFile;

/**
 * What a finished run has left in its folder, times and speeds apart.
 *
 * @param tensors every value of the pack and of the last checkpoint, by file and name
 * @param metrics the lines of metrics.jsonl
 * @param files the names of all files
 */
public record RunContents(
    Map<String, List<Float>> tensors, List<String> metrics, List<String> files) {

  public static RunContents of(Path run) {
    Map<String, List<Float>> values = new TreeMap<>();
    for (String file : List.of("pack/prompt.safetensors", "checkpoint.safetensors")) {
      Scope.run(() -> read(run, file, values));
    }
    return new RunContents(values, metrics(run), files(run));
  }

  private static void read(Path run, String file, Map<String, List<Float>> values) {
    try (SafetensorsFile source = SafetensorsFile.open(run.resolve(file))) {
      for (String name : source.names()) {
        List<Float> list = new ArrayList<>();
        for (float value : Tensors.floats(source.read(name))) {
          list.add(value);
        }
        values.put(file + ":" + name, list);
      }
    }
  }

  private static List<String> metrics(Path run) {
    try {
      return Files.readAllLines(run.resolve("metrics.jsonl"), StandardCharsets.UTF_8).stream()
          .map(line -> line.replaceAll("\"(seconds|tokens_per_second)\":[0-9.]+", ""))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The names of a folder's files, those in its folders included. */
  public static List<String> files(Path run) {
    try (Stream<Path> files = Files.walk(run)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> run.relativize(file).toString().replace('\\', '/'))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
