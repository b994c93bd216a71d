package org.ptuning4j;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.task.text.SequenceClassificationTask;

/**
 * A BERT of three layers with random weights, and data that it can learn: which of two words stands
 * in the sentence.
 */
public final class TinyModel {

  private static final List<String> FILLER =
      List.of("the", "quick", "brown", "fox", "jumps", "over", "a", "lazy", "dog", "in", "France");

  private TinyModel() {}

  /** The folder of a model among the test resources, whatever {@code golden.dir} says. */
  public static Path folder(String architecture) {
    try {
      return Path.of(TinyModel.class.getResource("/golden/" + architecture + "/model").toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The BERT. */
  public static Path bert() {
    return folder("bert");
  }

  /** A task on single texts. */
  public static SequenceClassificationTask task() {
    return SequenceClassificationTask.onText("toy", Template.parse("{text}"), "label");
  }

  /** Writes rows of the task. */
  public static Path data(Path file, int rows, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    StringBuilder lines = new StringBuilder();
    for (int row = 0; row < rows; row++) {
      boolean good = random.nextBoolean();
      int length = random.nextInt(3, 9);
      int at = random.nextInt(length);
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < length; i++) {
        String word =
            i == at ? (good ? "capital" : "pizza") : FILLER.get(random.nextInt(FILLER.size()));
        text.append(i == 0 ? "" : " ").append(word);
      }
      lines
          .append("{\"text\": \"")
          .append(text)
          .append("\", \"label\": \"")
          .append(good ? "good" : "bad")
          .append("\"}\n");
    }
    try {
      Files.writeString(file, lines, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file;
  }
}
