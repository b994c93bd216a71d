package org.ptuning4j.cli.demo;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Writes sentences about days of different warmth. */
final class WeatherWriter {

  private static final Pattern SLOT = Pattern.compile("\\[([a-z]+)]");

  private final Choice choice;
  private final List<WeatherPhrases> phrases;

  /**
   * @param choice makes every decision
   * @param phrases sets of phrases; each phrase comes from any of them
   */
  WeatherWriter(Choice choice, List<WeatherPhrases> phrases) {
    this.choice = choice;
    this.phrases = List.copyOf(phrases);
  }

  /** Writes one sentence about a day of this warmth. */
  String write(Warmth warmth) {
    return Choice.capitalised(new Day(warmth).fill(choice.of(choice.of(phrases).frames())));
  }

  /** One sentence in the making, which says nothing twice. */
  private final class Day {

    private final Warmth warmth;
    private final Set<String> said = new HashSet<>();

    Day(Warmth warmth) {
      this.warmth = warmth;
    }

    /** Fills every slot of the pattern, and the slots in what it was filled with. */
    String fill(String frame) {
      Matcher slot = SLOT.matcher(frame);
      StringBuilder text = new StringBuilder();
      while (slot.find()) {
        slot.appendReplacement(text, Matcher.quoteReplacement(fill(content(slot.group(1)))));
      }
      return slot.appendTail(text).toString();
    }

    private String content(String slot) {
      WeatherPhrases set = choice.of(phrases);
      return switch (slot) {
        case "sign" -> fresh(set.signs().get(warmth));
        case "season" -> fresh(set.seasons().get(warmth));
        case "people" -> fresh(set.people());
        case "other" -> fresh(set.others());
        default -> throw new IllegalArgumentException("slot: [" + slot + "] is not known");
      };
    }

    private String fresh(List<String> options) {
      String option = choice.of(options);
      while (!said.add(option)) {
        option = choice.of(options);
      }
      return option;
    }
  }
}
