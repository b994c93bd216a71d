package org.ptuning4j.data.tagging;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.ptuning4j.Excerpt;

/** How the tags of a file are spelt; all but {@link #PREFIX} are turned into that one. */
enum TagForm {
  /** {@code B-PER}. */
  PREFIX("O"),
  /** {@code b-per}; the label stays in small letters. */
  LOWER_CASE("o"),
  /** {@code B_PER}. */
  UNDERSCORE("O"),
  /** {@code PER-B} or {@code PER_B}. */
  SUFFIX("O"),
  /** {@code PER}: each run of the same label is a stretch. */
  LABEL_ALONE("O");

  private static final String LETTERS = "BIESLUMW";

  /** As messages list them. */
  static final String KNOWN =
      "known are B-PER (with the letters of iob1, iob2, iobes, bilou, bmes or bmewo), b-per, B_PER,"
          + " PER-B, and PER alone where other words have O";

  private static final int SHOWN = 5;

  private final String outside;

  TagForm(String outside) {
    this.outside = outside;
  }

  private boolean fits(String tag) {
    return tag.equals(outside) || isInside(tag);
  }

  /** Whether it is the tag of a word in a stretch. */
  private boolean isInside(String tag) {
    return switch (this) {
      case PREFIX -> begins(tag, LETTERS, '-');
      case LOWER_CASE -> begins(tag, LETTERS.toLowerCase(Locale.ROOT), '-');
      case UNDERSCORE -> begins(tag, LETTERS, '_');
      case SUFFIX -> ends(tag);
      case LABEL_ALONE -> !tag.isEmpty() && isOfLabel(tag.charAt(0));
    };
  }

  private static boolean begins(String tag, String letters, char sign) {
    return tag.length() > 2
        && letters.indexOf(tag.charAt(0)) >= 0
        && tag.charAt(1) == sign
        && !tag.substring(2).isBlank();
  }

  private static boolean ends(String tag) {
    int last = tag.length() - 1;
    return last > 1
        && LETTERS.indexOf(tag.charAt(last)) >= 0
        && "-_".indexOf(tag.charAt(last - 1)) >= 0
        && !tag.substring(0, last - 1).isBlank();
  }

  /** Neither a digit nor one of ASCII's signs. */
  private static boolean isOfLabel(char c) {
    return c > '~' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  /**
   * The form of a file's tags: {@link #PREFIX} where at least half of the different ones have it,
   * else the first that fits all; empty where none does.
   *
   * @param sentences the tags of each, as written
   */
  static Optional<TagForm> detect(Collection<List<String>> sentences) {
    Set<String> tags = different(sentences);
    long prefixed = tags.stream().filter(PREFIX::isInside).count();
    long inside = tags.stream().filter(tag -> !tag.equals("O")).count();
    if (2 * prefixed >= inside) {
      return Optional.of(PREFIX);
    }
    for (TagForm form : List.of(LOWER_CASE, UNDERSCORE, SUFFIX, LABEL_ALONE)) {
      // Labels alone could be any column, such as parts of speech: an O among them shows that they
      // are entities.
      boolean told = form != LABEL_ALONE || tags.contains(form.outside);
      if (told && tags.stream().allMatch(form::fits)) {
        return Optional.of(form);
      }
    }
    return tags.stream().anyMatch(PREFIX::fits) ? Optional.of(PREFIX) : Optional.empty();
  }

  /** What is wrong with a file whose tags have no known form. */
  static String unknown(Collection<List<String>> sentences) {
    Set<String> tags = different(sentences);
    String shown =
        tags.stream().limit(SHOWN).map(Excerpt::of).collect(Collectors.joining(", "))
            + (tags.size() > SHOWN ? ", …" : "");
    if (tags.stream().allMatch(TagNames::isNumber)) {
      return "its tags are numbers, such as "
          + shown
          + ", and what they stand for is not in the file; set tag_names to the tags in the order"
          + " of their numbers, such as [O, B-PER, I-PER], or write the tags themselves";
    }
    String hint = tags.contains("0") ? " (0 is a zero; O is the letter)" : "";
    return "its tags, such as " + shown + ", have no known form" + hint + "; " + KNOWN;
  }

  private static Set<String> different(Collection<List<String>> sentences) {
    Set<String> tags = new HashSet<>();
    sentences.forEach(tags::addAll);
    return new TreeSet<>(tags);
  }

  /** Whether it looks like a tag, whatever the other columns hold. */
  static boolean isTag(String text) {
    return List.of(PREFIX, LOWER_CASE, UNDERSCORE, SUFFIX).stream().anyMatch(f -> f.fits(text));
  }

  /** A tag of this form in the form of {@link #PREFIX}; one of another form stays as it is. */
  String toPrefix(String tag) {
    if (tag.equals(outside)) {
      return "O";
    }
    if (!isInside(tag)) {
      return tag;
    }
    return switch (this) {
      case PREFIX -> tag;
      case LOWER_CASE -> tag.substring(0, 1).toUpperCase(Locale.ROOT) + tag.substring(1);
      case UNDERSCORE -> tag.charAt(0) + "-" + tag.substring(2);
      case SUFFIX -> tag.charAt(tag.length() - 1) + "-" + tag.substring(0, tag.length() - 2);
      case LABEL_ALONE -> "I-" + tag;
    };
  }
}
