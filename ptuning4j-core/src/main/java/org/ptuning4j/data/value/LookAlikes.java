package org.ptuning4j.data.value;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Labels that are different and hardly look so: in upper and lower case, in letters of another
 * alphabet, in accents, in the sign between words, or as numbers. Whether they mean the same only
 * their owner knows, so they are kept apart and warned of by name.
 */
public final class LookAlikes {

  private static final Pattern MARKS = Pattern.compile("\\p{M}+");
  private static final Pattern SIGN = Pattern.compile("[\\p{Z}\\p{P}\\p{Cf}\\p{Mn}]+");
  private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]{1,15}(\\.[0-9]{1,15})?");

  /** Letters of other alphabets, and signs, that are printed as the ones below them. */
  private static final String TWINS =
      "авекмнорстухіјѕһԁԛԝАВЕКМНОРСТУХІЈЅԚԜ" + "αικνορυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ" + "ıɡ’‘ʼ“”‐‑‒–—−";

  private static final String LATIN =
      "abekmhopctyxijshdqwABEKMHOPCTYXIJSQW" + "aikvopuxABEZHIKMNOPTYX" + "ig'''\"\"------";

  private static final Map<Integer, Integer> LATIN_OF = latinOf();

  /** A way in which two texts differ, and what is left of a text when it is taken away. */
  private enum Way {
    NUMBER("in how a number or a boolean is written"),
    ALPHABET("in letters that look alike"),
    CASE("in upper and lower case"),
    FORM("in the forms of their characters"),
    ACCENTS("in accents"),
    SIGNS("in spaces and signs");

    private final String words;

    Way(String words) {
      this.words = words;
    }

    String removedFrom(String text) {
      return switch (this) {
        case NUMBER -> asNumber(text);
        case CASE -> text.toLowerCase(Locale.ROOT);
        case ALPHABET -> inLatin(text);
        case FORM -> Normalizer.normalize(text, Normalizer.Form.NFKC);
        case ACCENTS ->
            MARKS.matcher(Normalizer.normalize(text, Normalizer.Form.NFD)).replaceAll("");
        case SIGNS -> SIGN.matcher(text).replaceAll("");
      };
    }
  }

  private LookAlikes() {}

  /** The groups of two or more that look alike, in the order given. */
  public static List<List<String>> among(Collection<String> labels) {
    Map<String, List<String>> groups = new LinkedHashMap<>();
    for (String label : labels) {
      groups.computeIfAbsent(skeleton(label), key -> new ArrayList<>()).add(label);
    }
    return groups.values().stream().filter(group -> group.size() > 1).toList();
  }

  /** The label that looks like the one given, if there is one. */
  public static Optional<String> of(String given, Collection<String> labels) {
    String skeleton = skeleton(given);
    return labels.stream().filter(label -> skeleton(label).equals(skeleton)).findFirst();
  }

  /**
   * How two of a group differ, with the characters that look the same: {@code 'pos' and 'Pos'
   * differ only in upper and lower case}.
   */
  public static String difference(String one, String other) {
    String both = CodePoints.quoted(one) + " and " + CodePoints.quoted(other) + " differ only ";
    Optional<Way> only =
        Arrays.stream(Way.values())
            .filter(way -> way.removedFrom(one).equals(way.removedFrom(other)))
            .findFirst();
    boolean legible = only.isPresent() && (only.get() == Way.CASE || only.get() == Way.NUMBER);
    return both
        + only.map(way -> way.words).orElse("in how they are written")
        + (legible ? "" : characters(one, other));
  }

  /** The first characters in which they differ. */
  private static String characters(String one, String other) {
    int[] a = one.codePoints().toArray();
    int[] b = other.codePoints().toArray();
    int at = Arrays.mismatch(a, b);
    return ": " + at(a, at) + " and " + at(b, at);
  }

  private static String at(int[] characters, int at) {
    return at < characters.length ? CodePoints.named(characters[at]) : "the end";
  }

  private static String skeleton(String label) {
    String skeleton = asNumber(label);
    if (NUMBER.matcher(skeleton).matches()) {
      return skeleton; // whose signs say something
    }
    for (Way way : Way.values()) {
      String less = way.removedFrom(skeleton);
      // "+" and "-" are made of signs alone, and are not alike.
      skeleton = less.isEmpty() ? skeleton : less;
    }
    return inLatin(skeleton); // small letters may look alike whose capitals do not
  }

  private static String asNumber(String label) {
    return switch (label.toLowerCase(Locale.ROOT)) {
      case "true", "yes" -> "1";
      case "false", "no" -> "0";
      default -> NUMBER.matcher(label).matches() ? NormalLabel.of(Double.valueOf(label)) : label;
    };
  }

  private static String inLatin(String text) {
    StringBuilder latin = new StringBuilder();
    text.codePoints().forEach(c -> latin.appendCodePoint(LATIN_OF.getOrDefault(c, c)));
    return latin.toString();
  }

  private static Map<Integer, Integer> latinOf() {
    Map<Integer, Integer> latinOf = new LinkedHashMap<>();
    int[] twins = TWINS.codePoints().toArray();
    int[] latin = LATIN.codePoints().toArray();
    for (int i = 0; i < twins.length; i++) {
      latinOf.put(twins[i], latin[i]);
    }
    return latinOf;
  }
}
