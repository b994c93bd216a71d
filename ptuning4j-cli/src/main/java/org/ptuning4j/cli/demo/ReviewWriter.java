package org.ptuning4j.cli.demo;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ptuning4j.cli.demo.ReviewTopic.Aspect;

/** Writes reviews from topics, adjectives and sentence patterns. */
final class ReviewWriter {

  private static final Pattern SLOT = Pattern.compile("\\[(-?)([a-z ]+)]");
  private static final Pattern VOWEL = Pattern.compile("^[aeiou].*");
  private static final List<String> SOURCES =
      List.of("my brother", "our neighbours", "a colleague", "my old teacher", "the newspaper");

  private static final int CONTRAST_PERCENT = 8;
  private static final int TURNED_PERCENT = 4;
  private static final int NEGATED_PERCENT = 8;

  private final Choice choice;
  private final List<ReviewTopic> topics;
  private final List<ReviewWords> words;
  private final List<ReviewFrames> frames;

  /**
   * @param choice makes every decision
   * @param topics one of them per review
   * @param words sets of adjectives; each adjective comes from any of them
   * @param frames sets of patterns; each pattern comes from any of them
   */
  ReviewWriter(
      Choice choice, List<ReviewTopic> topics, List<ReviewWords> words, List<ReviewFrames> frames) {
    this.choice = choice;
    this.topics = List.copyOf(topics);
    this.words = List.copyOf(words);
    this.frames = List.copyOf(frames);
  }

  /** Writes one review whose sum is of this polarity. */
  String write(Polarity polarity) {
    ReviewFrames set = choice.of(frames);
    String frame;
    if (choice.inPercent(CONTRAST_PERCENT)) {
      frame = choice.of(set.contrast());
    } else if (choice.inPercent(TURNED_PERCENT)) {
      frame = choice.of(set.turned());
    } else {
      frame = choice.of(set.plain());
    }
    return Choice.capitalised(new Review(choice.of(topics)).fill(frame, polarity));
  }

  /** One review in the making: it stays with its topic and says nothing twice. */
  private final class Review {

    private final ReviewTopic topic;
    private final Set<Object> said = new HashSet<>();

    Review(ReviewTopic topic) {
      this.topic = topic;
    }

    /** Fills every slot of the pattern, and the slots in what it was filled with. */
    String fill(String frame, Polarity polarity) {
      Matcher slot = SLOT.matcher(frame);
      StringBuilder text = new StringBuilder();
      while (slot.find()) {
        Polarity wanted = slot.group(1).isEmpty() ? polarity : polarity.opposite();
        slot.appendReplacement(text, Matcher.quoteReplacement(content(slot.group(2), wanted)));
      }
      return slot.appendTail(text).toString();
    }

    private String content(String slot, Polarity polarity) {
      return switch (slot) {
        case "item" -> topic.item();
        case "source" -> fresh(SOURCES);
        case "event" -> fresh(topic.events(polarity));
        case "verdict" -> fresh(choice.of(frames).verdicts(polarity));
        case "overall" -> fill(fresh(choice.of(frames).overalls()), polarity);
        case "quality" -> fresh(choice.of(words).general(polarity));
        case "a quality" -> withArticle(fresh(choice.of(words).general(polarity)));
        case "opinion" -> opinion(polarity);
        default -> throw new IllegalArgumentException("slot: [" + slot + "] is not known");
      };
    }

    private String opinion(Polarity polarity) {
      Aspect aspect = fresh(topic.aspects());
      ReviewFrames set = choice.of(frames);
      boolean negated = choice.inPercent(NEGATED_PERCENT);
      Polarity spoken = negated ? polarity.opposite() : polarity;
      return choice
          .of(negated ? set.negatedOpinions() : set.opinions())
          .replace("[noun]", aspect.noun())
          .replace("[verb]", aspect.verb())
          .replaceAll("\\[-?word]", fresh(choice.of(words).about(aspect.kind(), spoken)));
    }

    /** Chooses something that this review has not said yet. */
    private <T> T fresh(List<T> options) {
      T option = choice.of(options);
      while (!said.add(option)) {
        option = choice.of(options);
      }
      return option;
    }

    private String withArticle(String adjective) {
      return (VOWEL.matcher(adjective).matches() ? "an " : "a ") + adjective;
    }
  }
}
