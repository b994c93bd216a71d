package org.ptuning4j.cli.demo;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The task {@code warmer}: two sentences about two days that are cold, mild or hot; which day was
 * the warmer one? What is seen and done tells, seldom a thermometer word, and a mild day is the
 * warmer or the cooler one depending on the other. The dev rows have signs of the weather, people
 * and sentence patterns that the training rows lack.
 */
final class WeatherTask {

  private static final String FIRST = "first";
  private static final String SECOND = "second";

  private static final int EXTREMES_PERCENT = 50;

  private WeatherTask() {}

  /** Generates the task; the same arguments give the same rows. */
  static DemoTask generate(long seed, int trainRows, int devRows) {
    Choice choice = new Choice(seed);
    WeatherPhrases known = WeatherPhrases.forTrain();
    WeatherWriter trainWriter = new WeatherWriter(choice, List.of(known));
    WeatherWriter devWriter =
        new WeatherWriter(choice, List.of(known, known, known, WeatherPhrases.heldOut()));
    Set<String> taken = new HashSet<>();
    samples().forEach(row -> taken.add(key(row.texts())));
    return new DemoTask(
        "warmer",
        "Which of the two sentences tells of the warmer day, the first or the second?",
        List.of("one", "other"),
        "label",
        List.of(FIRST, SECOND),
        rows(trainWriter, choice, trainRows, taken),
        rows(devWriter, choice, devRows, taken),
        samples());
  }

  /** Phrases that no training row has, in lower case. */
  static List<String> heldOutPhrases() {
    return WeatherPhrases.heldOut().all();
  }

  private static List<DemoRow> rows(
      WeatherWriter writer, Choice choice, int count, Set<String> taken) {
    List<DemoRow> rows = new ArrayList<>();
    while (rows.size() < count) {
      boolean fromColdToHot = choice.inPercent(EXTREMES_PERCENT);
      boolean mildIsCooler = choice.inPercent(50);
      Warmth cooler = !fromColdToHot && mildIsCooler ? Warmth.MILD : Warmth.COLD;
      Warmth warmer = fromColdToHot || mildIsCooler ? Warmth.HOT : Warmth.MILD;
      boolean firstIsWarmer = rows.size() % 2 == 0;
      List<String> texts =
          firstIsWarmer
              ? List.of(writer.write(warmer), writer.write(cooler))
              : List.of(writer.write(cooler), writer.write(warmer));
      if (taken.add(key(texts))) {
        rows.add(new DemoRow(texts, firstIsWarmer ? FIRST : SECOND));
      }
    }
    choice.shuffle(rows);
    return rows;
  }

  private static String key(List<String> texts) {
    return String.join(" ", texts).toLowerCase(Locale.ROOT);
  }

  private static List<DemoRow> samples() {
    return List.of(
        new DemoRow(
            List.of(
                "The puddles in the yard were frozen solid.",
                "We drank lemonade under the palm trees."),
            SECOND),
        new DemoRow(
            List.of(
                "We sat in the shade and ate ice cream.",
                "The farmer scraped the ice off his windows."),
            FIRST),
        new DemoRow(
            List.of(
                "The children swam in the lake all day.", "Snow lay on the roofs of the village."),
            FIRST));
  }
}
