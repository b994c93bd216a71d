package org.ptuning4j.cli.demo;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.ptuning4j.cli.demo.ReviewTopic.Kind;

/**
 * The adjectives of a review, by polarity: those that go with everything and those that go with one
 * kind of aspect.
 */
record ReviewWords(
    List<String> generalGood,
    List<String> generalBad,
    Map<Kind, List<String>> good,
    Map<Kind, List<String>> bad) {

  /** Adjectives of the training rows. */
  static ReviewWords forTrain() {
    return new ReviewWords(
        List.of(
            "good",
            "great",
            "excellent",
            "lovely",
            "pleasant",
            "impressive",
            "fantastic",
            "fine",
            "nice",
            "magnificent",
            "brilliant"),
        List.of(
            "bad",
            "terrible",
            "poor",
            "disappointing",
            "horrible",
            "weak",
            "wretched",
            "ridiculous",
            "unpleasant",
            "worthless",
            "lousy"),
        Map.of(
            Kind.FOOD,
            List.of("delicious", "fresh", "tasty", "rich"),
            Kind.PERSON,
            List.of("friendly", "kind", "polite", "helpful", "charming", "honest"),
            Kind.PLACE,
            List.of("clean", "comfortable", "quiet", "spacious", "bright"),
            Kind.STORY,
            List.of("funny", "clever", "interesting", "exciting", "touching", "original"),
            Kind.THING,
            List.of("reliable", "useful", "sturdy", "handy", "solid")),
        Map.of(
            Kind.FOOD,
            List.of("cold", "stale", "bland", "salty"),
            Kind.PERSON,
            List.of("rude", "lazy", "unfriendly", "careless", "impatient", "selfish"),
            Kind.PLACE,
            List.of("dirty", "noisy", "cramped", "dark", "damp"),
            Kind.STORY,
            List.of("boring", "stupid", "predictable", "silly", "absurd"),
            Kind.THING,
            List.of("slow", "unreliable", "flimsy", "confusing", "useless")));
  }

  /** Adjectives that only dev rows have: the model must know them from its pretraining. */
  static ReviewWords heldOut() {
    return new ReviewWords(
        List.of("wonderful", "superb", "perfect", "splendid", "amazing"),
        List.of("awful", "dreadful", "miserable", "pathetic", "inferior"),
        Map.of(
            Kind.FOOD,
            List.of("appetizing", "tender"),
            Kind.PERSON,
            List.of("cheerful", "gentle"),
            Kind.PLACE,
            List.of("beautiful", "peaceful"),
            Kind.STORY,
            List.of("entertaining", "memorable"),
            Kind.THING,
            List.of("smooth", "efficient")),
        Map.of(
            Kind.FOOD,
            List.of("burnt", "sour"),
            Kind.PERSON,
            List.of("arrogant", "hostile"),
            Kind.PLACE,
            List.of("ugly", "gloomy"),
            Kind.STORY,
            List.of("dull", "tedious"),
            Kind.THING,
            List.of("annoying", "awkward")));
  }

  List<String> general(Polarity polarity) {
    return switch (polarity) {
      case POSITIVE -> generalGood;
      case NEGATIVE -> generalBad;
    };
  }

  /** All that can be said of such an aspect; the general words are too blunt for people. */
  List<String> about(Kind kind, Polarity polarity) {
    Map<Kind, List<String>> special = polarity == Polarity.POSITIVE ? good : bad;
    List<String> words = new ArrayList<>(special.get(kind));
    if (kind != Kind.PERSON) {
      words.addAll(general(polarity));
    }
    return words;
  }

  List<String> all() {
    return Stream.of(
            List.of(generalGood, generalBad).stream(),
            good.values().stream(),
            bad.values().stream())
        .flatMap(lists -> lists)
        .flatMap(Collection::stream)
        .sorted()
        .toList();
  }
}
