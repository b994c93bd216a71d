package org.ptuning4j.data.tagging;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.ptuning4j.Excerpt;

/** How the tags of a file are spelt; all but {@link #PREFIX} are turned into that one. */
enum TagForm {
  /** {@code B-PER}. */
  PREFIX("[BIESLUMW]-.*\\S.*", "O"),
  /** {@code b-per}; the label stays in small letters. */
  LOWER_CASE("[bieslumw]-.*\\S.*", "o"),
  /** {@code B_PER}. */
  UNDERSCORE("[BIESLUMW]_.*\\S.*", "O"),
  /** {@code PER-B} or {@code PER_B}. */
  SUFFIX(".*\\S.*[-_][BIESLUMW]", "O"),
  /** {@code PER}: each run of the same label is a stretch. */
  LABEL_ALONE("[^\\d\\p{Punct}].*", "O");

  /** As messages list them. */
  static final String KNOWN =
      "known are B-PER (with the letters of iob1, iob2, iobes, bilou, bmes or bmewo), b-per, B_PER,"
          + " PER-B, and PER alone where other words have O";

  private static final int SHOWN = 5;

  private final Pattern inside;
  private final String outside;

  TagForm(String inside, String outside) {
    this.inside = Pattern.compile(inside);
    this.outside = outside;
  }

  private boolean fits(String tag) {
    return tag.equals(outside) || inside.matcher(tag).matches();
  }

  /**
   * The form of a file's tags: {@link #PREFIX} where at least half of the different ones have it,
   * else the first that fits all; empty where none does.
   *
   * @param sentences the tags of each, as written
   */
  static Optional<TagForm> detect(Collection<List<String>> sentences) {
    Set<String> tags = different(sentences);
    long prefixed = tags.stream().filter(PREFIX.inside.asMatchPredicate()).count();
    long inside = tags.stream().filter(tag -> !tag.equals("O")).count();
    if (2 * prefixed >= inside) {
      return Optional.of(PREFIX);
    }
    for (TagForm form : List.of(LOWER_CASE, UNDERSCORE, SUFFIX, LABEL_ALONE)) {
      // Labels alone could be any column, such as parts of speech: O tells that they are entities.
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
    boolean numbers = tags.stream().allMatch(tag -> tag.matches("\\d+"));
    String hint =
        numbers
            ? " (numbers: the names that they stand for are not in the file; write the names)"
            : tags.contains("0") && !tags.contains("O") ? " (0 is a zero; O is the letter)" : "";
    return "its tags, such as " + shown + ", have no known form" + hint + "; " + KNOWN;
  }

  private static Set<String> different(Collection<List<String>> sentences) {
    Set<String> tags = new TreeSet<>();
    sentences.forEach(tags::addAll);
    return tags;
  }

  /** Whether it is a tag by its looks, whatever stands beside it. */
  static boolean isTag(String text) {
    return List.of(PREFIX, LOWER_CASE, UNDERSCORE, SUFFIX).stream().anyMatch(f -> f.fits(text));
  }

  /** A tag of this form in the form of {@link #PREFIX}; one of another form stays as it is. */
  String toPrefix(String tag) {
    if (tag.equals(outside)) {
      return "O";
    }
    if (!inside.matcher(tag).matches()) {
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
