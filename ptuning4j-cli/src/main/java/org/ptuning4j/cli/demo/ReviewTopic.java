package org.ptuning4j.cli.demo;

import java.util.List;

/**
 * Something that people review.
 *
 * @param item what it is called, for example {@code hotel}
 * @param aspects its parts and sides that can be good or bad
 * @param praises clauses that speak for it
 * @param complaints clauses that speak against it
 */
record ReviewTopic(
    String item, List<Aspect> aspects, List<String> praises, List<String> complaints) {

  /** Which adjectives go with an aspect, beside those that go with everything. */
  enum Kind {
    FOOD,
    PERSON,
    PLACE,
    STORY,
    THING
  }

  /**
   * A part or side of the reviewed thing.
   *
   * @param noun with its article
   * @param verb {@code was} or {@code were}
   * @param kind which adjectives go with it
   */
  record Aspect(String noun, String verb, Kind kind) {}

  List<String> events(Polarity polarity) {
    return switch (polarity) {
      case POSITIVE -> praises;
      case NEGATIVE -> complaints;
    };
  }
}
