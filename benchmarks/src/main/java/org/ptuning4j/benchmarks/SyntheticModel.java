package org.ptuning4j.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Torch;
import org.ptuning4j.tensor.file.SafetensorsWriter;

/**
 * A model with random weights and a vocabulary of made-up words, in a folder, with data to train it
 * on.
 */
final class SyntheticModel {

  private SyntheticModel() {}

  /** Writes config.json, vocab.txt and model.safetensors. */
  static void write(Path folder, Shape shape) throws IOException {
    Torch.start();
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("config.json"), shape.family().config(shape));
    writeVocabulary(folder, shape.vocabulary());
    Scope.run(
        () ->
            SafetensorsWriter.write(
                folder.resolve("model.safetensors"), shape.family().weights(shape), Map.of()));
  }

  /** Writes vocab.txt: BERT's special tokens and made-up words. */
  static void writeVocabulary(Path folder, int size) throws IOException {
    StringBuilder words = new StringBuilder("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n");
    for (int i = 5; i < size; i++) {
      words.append(word(i)).append('\n');
    }
    Files.writeString(folder.resolve("vocab.txt"), words, StandardCharsets.UTF_8);
  }

  /** Two-class data whose rows are exactly {@code length} tokens long, as JSON lines. */
  static void writeData(Path file, Shape shape, int rows, int length) throws IOException {
    SplittableRandom random = new SplittableRandom(7);
    StringBuilder lines = new StringBuilder();
    for (int row = 0; row < rows; row++) {
      lines
          .append("{\"text\": \"")
          .append(sentence(random, shape.vocabulary(), length))
          .append("\", \"label\": \"")
          .append(row % 2)
          .append("\"}\n");
    }
    Files.writeString(file, lines, StandardCharsets.UTF_8);
  }

  /** A text of {@code length} tokens, the two special ones included. */
  static String sentence(SplittableRandom random, int vocabulary, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length - 2; i++) {
      text.append(i == 0 ? "" : " ").append(word(random.nextInt(5, vocabulary)));
    }
    return text.toString();
  }

  private static String word(int id) {
    StringBuilder word = new StringBuilder("w");
    for (int rest = id; rest > 0; rest /= 26) {
      word.append((char) ('a' + rest % 26));
    }
    return word.toString();
  }
}
