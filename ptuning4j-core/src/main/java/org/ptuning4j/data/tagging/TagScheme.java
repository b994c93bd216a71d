package org.ptuning4j.data.tagging;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.ptuning4j.Excerpt;
import org.ptuning4j.InvalidInputException;

/**
 * How one tag a word writes down which stretches of words have a label: {@code O} for a word
 * outside, else a letter for the place within the stretch, a hyphen and the label. Files may use
 * any; everything after the readers uses {@link #IOB2}.
 */
public enum TagScheme {
  /** Every stretch begins with B. */
  IOB2("BI"),
  /** B begins a stretch only where another of the same label ends just before it, else I does. */
  IOB1("BI"),
  /** B begins, I is inside, E ends, S is a stretch of one word. */
  IOBES("BIES"),
  /** B begins, I is inside, L is last, U is a stretch of one word. */
  BILOU("BILU"),
  /** B begins, M is in the middle, E ends, S is a stretch of one word: most Chinese data. */
  BMES("BMES"),
  /** B begins, M is in the middle, E ends, W is a stretch of one word. */
  BMEWO("BMEW");

  private static final String OUTSIDE = "O";

  /** Of a stretch's first word, of those inside, and where there are such of its last and only. */
  private final String letters;

  TagScheme(String letters) {
    this.letters = letters;
  }

  /** What is wrong at which word, counted from 0. */
  record Problem(int word, String text) {}

  /** A tag taken apart; {@code O} has no label. */
  private record Tag(char letter, String label) {
    static final Tag NONE = new Tag('O', "");

    /** Empty where it is a tag of no scheme. */
    static Optional<Tag> of(String text) {
      if (text.equals(OUTSIDE)) {
        return Optional.of(NONE);
      }
      boolean whole =
          text.length() > 2
              && text.charAt(0) != 'O'
              && text.charAt(1) == '-'
              && !text.substring(2).isBlank();
      return whole ? Optional.of(new Tag(text.charAt(0), text.substring(2))) : Optional.empty();
    }

    boolean isOutside() {
      return letter == 'O';
    }

    /** Whether a stretch may be over after it. */
    boolean isLast() {
      return "ESLUW".indexOf(letter) >= 0;
    }

    boolean isFirst() {
      return "BSUW".indexOf(letter) >= 0;
    }

    /** Whether the word belongs to the same stretch as the one before it. */
    boolean continues(Tag previous) {
      return !isOutside() && !isFirst() && !previous.isLast() && label.equals(previous.label);
    }
  }

  /** As it is written in files and on the command line: iob1, iob2, iobes, bilou, bmes, bmewo. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads what {@link #label} writes, and the other names of the schemes: bio, bioes, bioul, bmeso.
   *
   * @throws InvalidInputException where it is no scheme
   */
  public static TagScheme parse(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "iob1", "iob" -> IOB1;
      case "iob2", "bio" -> IOB2;
      case "iobes", "bioes" -> IOBES;
      case "bilou", "bioul" -> BILOU;
      case "bmes", "bmeso" -> BMES;
      case "bmewo", "bmew" -> BMEWO;
      default ->
          throw InvalidInputException.of(
              "tag scheme: '%s' is not one of iob1, iob2, iobes, bilou, bmes, bmewo", text);
    };
  }

  /**
   * The scheme in which most of the sentences are sound, the first of equals in the order of the
   * constants. So the scheme of a file with a few mistakes is still found, and its mistakes are
   * too.
   *
   * @return empty where not one sentence is sound in any scheme
   */
  public static Optional<TagScheme> detect(Collection<List<String>> sentences) {
    TagScheme best = null;
    long most = 0;
    for (TagScheme scheme : values()) {
      long sound = sentences.stream().filter(tags -> scheme.firstProblem(tags).isEmpty()).count();
      if (sound > most) {
        best = scheme;
        most = sound;
      }
      if (sound == sentences.size()) {
        break; // Later ones could at most be equal.
      }
    }
    return Optional.ofNullable(best);
  }

  /** Whether it is a tag of any scheme. */
  static boolean isTag(String text) {
    return Tag.of(text)
        .filter(tag -> tag.isOutside() || "BIESLUMW".indexOf(tag.letter()) >= 0)
        .isPresent();
  }

  /**
   * What is wrong with the tags of a sentence, naming the first bad tag and its word, counted from
   * 1; empty where nothing is.
   */
  public Optional<String> problem(List<String> tags) {
    return firstProblem(tags).map(Problem::text);
  }

  Optional<Problem> firstProblem(List<String> tags) {
    Tag previous = Tag.NONE;
    for (int i = 0; i < tags.size(); i++) {
      Optional<Tag> tag = Tag.of(tags.get(i));
      if (tag.isEmpty() || (!tag.get().isOutside() && letters.indexOf(tag.get().letter()) < 0)) {
        return problem(tags, i, "is no tag of " + name() + " (" + examples() + ")");
      }
      Tag current = tag.get();
      if (isLeftOpen(previous, current)) {
        return notEnded(tags, i - 1, previous);
      }
      if (isUnfounded(previous, current)) {
        return problem(tags, i, "continues nothing in " + name());
      }
      if (this == IOB1 && current.letter() == 'B' && !current.label().equals(previous.label())) {
        return problem(
            tags, i, "follows no other " + current.label() + ", where IOB1 begins with I");
      }
      previous = current;
    }
    return isLeftOpen(previous, Tag.NONE)
        ? notEnded(tags, tags.size() - 1, previous)
        : Optional.empty();
  }

  /** Whether a stretch breaks off without the tag that has to end it. */
  private boolean isLeftOpen(Tag previous, Tag next) {
    boolean marksEnds = marksEnds();
    boolean open = !previous.isOutside() && !previous.isLast();
    return marksEnds && open && !next.continues(previous);
  }

  /** Whether a tag that must continue a stretch has none to continue. */
  private boolean isUnfounded(Tag previous, Tag current) {
    boolean mustContinue = this != IOB1 && !current.isOutside() && !current.isFirst();
    return mustContinue && !current.continues(previous);
  }

  private Optional<Problem> notEnded(List<String> tags, int word, Tag tag) {
    return problem(
        tags,
        word,
        "must be followed by %s-%s or %s-%s in %s",
        letters.charAt(1),
        tag.label(),
        letters.charAt(2),
        tag.label(),
        this);
  }

  private static Optional<Problem> problem(
      List<String> tags, int word, String what, Object... values) {
    String text = values.length == 0 ? what : String.format(Locale.ROOT, what, values);
    return Optional.of(
        new Problem(word, Excerpt.of(tags.get(word)) + " at word " + (word + 1) + " " + text));
  }

  private String examples() {
    StringBuilder examples = new StringBuilder(OUTSIDE);
    for (int i = 0; i < letters.length(); i++) {
      examples.append(", ").append(letters.charAt(i)).append("-LABEL");
    }
    return examples.toString();
  }

  /**
   * The stretches that tags in this scheme write down, in the order of the words.
   *
   * @throws InvalidInputException as {@link #problem} says
   */
  public List<LabelledSpan> spans(List<String> tags) {
    problem(tags)
        .ifPresent(
            problem -> {
              throw new InvalidInputException(problem);
            });
    List<LabelledSpan> spans = new ArrayList<>();
    Tag previous = Tag.NONE;
    int start = 0;
    for (int i = 0; i < tags.size(); i++) {
      Tag current = Tag.of(tags.get(i)).orElseThrow();
      if (!current.continues(previous)) {
        addSpan(spans, start, i, previous);
        start = i;
      }
      previous = current;
    }
    addSpan(spans, start, tags.size(), previous);
    return List.copyOf(spans);
  }

  private static void addSpan(List<LabelledSpan> spans, int start, int end, Tag tag) {
    if (!tag.isOutside()) {
      spans.add(new LabelledSpan(start, end, tag.label()));
    }
  }

  /**
   * The same stretches in {@link #IOB2}.
   *
   * @throws InvalidInputException as {@link #problem} says
   */
  public List<String> toIob2(List<String> tags) {
    return IOB2.fromSpans(tags.size(), spans(tags));
  }

  /**
   * The tags that write stretches down in this scheme.
   *
   * @param words how many there are
   * @param spans in any order
   * @throws InvalidInputException where two overlap or one goes beyond the words
   */
  public List<String> fromSpans(int words, Collection<LabelledSpan> spans) {
    List<String> tags = new ArrayList<>(Collections.nCopies(words, OUTSIDE));
    LabelledSpan previous = null;
    List<LabelledSpan> ordered =
        spans.stream().sorted(Comparator.comparingInt(LabelledSpan::start)).toList();
    for (LabelledSpan span : ordered) {
      if (span.end() > words) {
        throw InvalidInputException.of(
            "%s from word %d to before word %d goes beyond the %d words (counted from 0)",
            span.label(), span.start(), span.end(), words);
      }
      if (previous != null && span.start() < previous.end()) {
        throw InvalidInputException.of(
            "%s (words %d to %d) overlaps %s (words %d to %d); one tag a word cannot hold both",
            span.label(),
            span.start() + 1,
            span.end(),
            previous.label(),
            previous.start() + 1,
            previous.end());
      }
      write(span, previous, tags);
      previous = span;
    }
    return List.copyOf(tags);
  }

  private void write(LabelledSpan span, LabelledSpan previous, List<String> tags) {
    boolean touches =
        previous != null && previous.end() == span.start() && previous.label().equals(span.label());
    for (int i = span.start(); i < span.end(); i++) {
      tags.set(i, letter(i == span.start(), i == span.end() - 1, touches) + "-" + span.label());
    }
  }

  private boolean marksEnds() {
    return letters.length() > 2;
  }

  private char letter(boolean first, boolean last, boolean touches) {
    if (marksEnds()) {
      return letters.charAt(first && last ? 3 : first ? 0 : last ? 2 : 1);
    }
    return first && (this == IOB2 || touches) ? 'B' : 'I';
  }
}
