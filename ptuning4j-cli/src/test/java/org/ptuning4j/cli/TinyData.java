package org.ptuning4j.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.hub.Models;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.file.SafetensorsFile;
import org.ptuning4j.tensor.file.SafetensorsWriter;

/** A few sentences with labels, enough to go through every step of a run. */
final class TinyData {

  private static final List<String> GOOD = List.of("wonderful", "lovely", "great", "delightful");
  private static final List<String> BAD = List.of("terrible", "awful", "horrible", "dull");
  private static final List<String> THINGS = List.of("film", "book", "song", "meal", "play");

  private TinyData() {}

  /** A JSONL file with the columns id, text and label. */
  static Path reviews(Path file, int rows) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < rows; i++) {
      boolean good = i % 2 == 0;
      String word = (good ? GOOD : BAD).get(i / 2 % 4);
      lines
          .append("{\"id\": \"r")
          .append(i)
          .append("\", \"text\": \"The ")
          .append(THINGS.get(i / 3 % 5))
          .append(" was ")
          .append(word)
          .append(".\", \"label\": \"")
          .append(good ? "good" : "bad")
          .append("\"}\n");
    }
    return Files.writeString(file, lines, StandardCharsets.UTF_8);
  }

  /** A TSV file with the columns first, second and same. */
  static Path pairs(Path file, int rows) throws IOException {
    StringBuilder lines = new StringBuilder("first\tsecond\tsame\n");
    for (int i = 0; i < rows; i++) {
      String thing = THINGS.get(i % 5);
      String other = i % 2 == 0 ? thing : THINGS.get((i + 1) % 5);
      lines
          .append("He saw the ")
          .append(thing)
          .append(".\tShe saw the ")
          .append(other)
          .append(".\t")
          .append(i % 2 == 0 ? "yes" : "no")
          .append('\n');
    }
    return Files.writeString(file, lines, StandardCharsets.UTF_8);
  }

  /** The embedded BERT without its language-model head, as embedding models are published. */
  static Path modelWithoutWords(Path folder) throws IOException {
    Path whole = Models.resolve("bert-mini");
    try (var files = Files.list(whole)) {
      for (Path file : files.filter(each -> !isWeights(each)).toList()) {
        Files.copy(file, folder.resolve(file.getFileName().toString()));
      }
    }
    Scope.run(
        () -> {
          Map<String, Tensor> weights = new LinkedHashMap<>();
          try (SafetensorsFile file = SafetensorsFile.open(whole.resolve("model.safetensors"))) {
            file.names().stream()
                .filter(name -> !name.startsWith("cls."))
                .forEach(name -> weights.put(name, file.read(name)));
          }
          SafetensorsWriter.write(folder.resolve("model.safetensors"), weights, Map.of());
        });
    return folder;
  }

  private static boolean isWeights(Path file) {
    return Files.isDirectory(file) || file.toString().endsWith(".safetensors");
  }
}
