package org.ptuning4j.cli.demo;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The task {@code sentiment}: short reviews of restaurants, phones, films and so on, positive or
 * negative. Negation and contrast keep single words from giving the answer away, and the dev rows
 * have topics, adjectives and sentence patterns that the training rows lack.
 */
final class ReviewTask {

  private ReviewTask() {}

  /** Generates the task; the same arguments give the same rows. */
  static DemoTask generate(long seed, int trainRows, int devRows) {
    Choice choice = new Choice(seed);
    ReviewWords words = ReviewWords.forTrain();
    ReviewFrames frames = ReviewFrames.forTrain();
    ReviewWriter trainWriter =
        new ReviewWriter(choice, ReviewTopics.forTrain(), List.of(words), List.of(frames));
    ReviewWriter devWriter =
        new ReviewWriter(
            choice,
            Stream.concat(ReviewTopics.forTrain().stream(), ReviewTopics.heldOut().stream())
                .toList(),
            List.of(words, words, words, ReviewWords.heldOut()),
            List.of(frames, frames, frames, ReviewFrames.heldOut()));
    Set<String> taken = new HashSet<>();
    samples().forEach(row -> taken.add(key(row.texts().get(0))));
    return new DemoTask(
        "sentiment",
        "Does the writer of this short review like it (positive) or not (negative)?",
        List.of("text"),
        "label",
        List.of(Polarity.NEGATIVE.label(), Polarity.POSITIVE.label()),
        rows(trainWriter, choice, trainRows, taken),
        rows(devWriter, choice, devRows, taken),
        samples());
  }

  /** Single words and names that no training row has. */
  static List<String> heldOutWords() {
    return Stream.concat(
            ReviewWords.heldOut().all().stream(),
            ReviewTopics.heldOut().stream().map(ReviewTopic::item))
        .toList();
  }

  private static List<DemoRow> rows(
      ReviewWriter writer, Choice choice, int count, Set<String> taken) {
    List<DemoRow> rows = new ArrayList<>();
    while (rows.size() < count) {
      Polarity polarity = rows.size() % 2 == 0 ? Polarity.NEGATIVE : Polarity.POSITIVE;
      String text = writer.write(polarity);
      if (taken.add(key(text))) {
        rows.add(new DemoRow(List.of(text), polarity.label()));
      }
    }
    choice.shuffle(rows);
    return rows;
  }

  private static String key(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  private static List<DemoRow> samples() {
    String good = Polarity.POSITIVE.label();
    String bad = Polarity.NEGATIVE.label();
    return List.of(
        new DemoRow(List.of("We loved every minute of it."), good),
        new DemoRow(List.of("The waiter was rude and the soup was cold."), bad),
        new DemoRow(List.of("I expected little, and I was pleasantly surprised."), good),
        new DemoRow(List.of("Our train was late again, and nobody helped us."), bad));
  }
}
