package org.ptuning4j.metric;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.ptuning4j.InvalidInputException;

/**
 * Precision, recall and F1 of entities (spans of a type) read from one tag per token, as the
 * conlleval script of CoNLL-2000 and the Python package seqeval count them: an entity is right if
 * its type, its first and its last token are. All figures are 0 to 1; undefined ones are 0.
 */
public final class EntityScores {

  /** Which tags make an entity. */
  public enum Mode {
    /**
     * As conlleval, and seqeval by default: {@code I} and {@code E} continue an entity only after
     * {@code B} or {@code I} of the same type; any other tag than {@code O} opens one.
     */
    DEFAULT("BIES"),
    /** As seqeval's strict mode with IOB2: only {@code B} opens an entity, {@code I} continues. */
    STRICT_IOB2("BI"),
    /**
     * As seqeval's strict mode with IOBES: {@code S}, or {@code B}, any number of {@code I} and
     * {@code E}, all of one type; everything else is no entity.
     */
    STRICT_IOBES("BIES");

    private final String prefixes;

    Mode(String prefixes) {
      this.prefixes = prefixes;
    }

    private boolean opens(Tag tag) {
      return switch (this) {
        case DEFAULT -> tag.prefix() != 'O';
        case STRICT_IOB2 -> tag.prefix() == 'B';
        case STRICT_IOBES -> tag.prefix() == 'B' || tag.prefix() == 'S';
      };
    }

    private boolean mayEndWith(Tag tag) {
      return this != STRICT_IOBES || tag.prefix() == 'E' || tag.prefix() == 'S';
    }
  }

  /**
   * A span of tokens.
   *
   * @param type such as {@code PER}; {@code _} where the tags name none
   * @param first the index of its first token
   * @param last the index of its last token, which belongs to it
   */
  public record Chunk(String type, int first, int last) {

    /** Requires 0 ≤ first ≤ last. */
    public Chunk {
      if (first < 0 || last < first) {
        throw InvalidInputException.of(
            "a chunk from token %d to %d: must be 0 ≤ first ≤ last", first, last);
      }
    }
  }

  private record Tag(char prefix, String type) {

    static final Tag OUTSIDE = new Tag('O', "");

    static Tag of(List<String> tags, int token, Mode mode) {
      String tag = tags.get(token);
      if (tag.equals("O")) {
        return OUTSIDE;
      }
      boolean known = !tag.isEmpty() && mode.prefixes.indexOf(tag.charAt(0)) >= 0;
      if (!known || (tag.length() > 1 && tag.charAt(1) != '-')) {
        throw InvalidInputException.of(
            "tag '%s' of token %d: must be O, or one letter of %s with a hyphen and a type",
            tag, token, mode.prefixes);
      }
      return new Tag(tag.charAt(0), tag.length() > 2 ? tag.substring(2) : "_");
    }

    boolean continuesAfter(Tag previous) {
      return (prefix == 'I' || prefix == 'E')
          && (previous.prefix == 'B' || previous.prefix == 'I')
          && type.equals(previous.type);
    }
  }

  private final LabelScore total;
  private final Map<String, LabelScore> types;
  private final double tokenAccuracy;

  private EntityScores(SpanCounts counts, double tokenAccuracy) {
    this.total = counts.total();
    this.types = counts.table();
    this.tokenAccuracy = tokenAccuracy;
  }

  /**
   * Compares tags in {@link Mode#DEFAULT}.
   *
   * @param truth for each sentence the tag of each token, such as {@code B-PER} or {@code O}
   * @param predicted the same for the predictions
   * @throws InvalidInputException where there is no sentence, the lengths differ, or a tag is of
   *     another form
   */
  public static EntityScores of(List<List<String>> truth, List<List<String>> predicted) {
    return of(truth, predicted, Mode.DEFAULT);
  }

  /**
   * Compares tags.
   *
   * @param truth for each sentence the tag of each token, such as {@code B-PER} or {@code O}
   * @param predicted the same for the predictions
   * @param mode how to read entities from the tags
   * @throws InvalidInputException where there is no sentence, the lengths differ, or a tag is of
   *     another form
   */
  public static EntityScores of(List<List<String>> truth, List<List<String>> predicted, Mode mode) {
    SpanCounts.requireAligned(truth, predicted, "sentence");
    SpanCounts counts = new SpanCounts();
    long tokens = 0;
    long same = 0;
    for (int i = 0; i < truth.size(); i++) {
      List<String> wanted = truth.get(i);
      List<String> found = predicted.get(i);
      counts.add(chunks(wanted, mode), chunks(found, mode), Chunk::type);
      tokens += wanted.size();
      same +=
          IntStream.range(0, wanted.size()).filter(t -> wanted.get(t).equals(found.get(t))).count();
    }
    return new EntityScores(counts, tokens == 0 ? 0 : (double) same / tokens);
  }

  /**
   * The entities of a sentence, from left to right.
   *
   * @param tags the tag of each token
   * @throws InvalidInputException where a tag is neither {@code O} nor a prefix of the mode with a
   *     hyphen and a type (or the prefix alone, whose type is then {@code _})
   */
  public static List<Chunk> chunks(List<String> tags, Mode mode) {
    List<Chunk> chunks = new ArrayList<>();
    Tag previous = Tag.OUTSIDE;
    int first = -1; // of the open chunk; −1: none is open
    for (int token = 0; token <= tags.size(); token++) {
      Tag tag = token < tags.size() ? Tag.of(tags, token, mode) : Tag.OUTSIDE;
      if (first >= 0 && !tag.continuesAfter(previous)) {
        if (mode.mayEndWith(previous)) {
          chunks.add(new Chunk(previous.type(), first, token - 1));
        }
        first = -1;
      }
      if (first < 0 && mode.opens(tag)) {
        first = token;
      }
      previous = tag;
    }
    return List.copyOf(chunks);
  }

  /** Precision, recall and F1 over all entities. */
  public LabelScore total() {
    return total;
  }

  /** The share of predicted entities that are right. */
  public double precision() {
    return total.precision();
  }

  /** The share of true entities that are found. */
  public double recall() {
    return total.recall();
  }

  /** The harmonic mean of precision and recall over all entities: micro F1. */
  public double f1() {
    return total.f1();
  }

  /** How many entities there truly are. */
  public int support() {
    return total.support();
  }

  /** How many entities were predicted. */
  public int predicted() {
    return total.predicted();
  }

  /** The mean F1 of the types seen in truth or prediction; 0 where none is. */
  public double macroF1() {
    return types.values().stream().mapToDouble(LabelScore::f1).average().orElse(0);
  }

  /** The mean F1 of the types, weighted by their support; 0 where there is no true entity. */
  public double weightedF1() {
    double sum = types.values().stream().mapToDouble(type -> type.f1() * type.support()).sum();
    return total.support() == 0 ? 0 : sum / total.support();
  }

  /** The scores by type, sorted by type, of those seen in truth or prediction; unmodifiable. */
  public Map<String, LabelScore> types() {
    return types;
  }

  /** The share of tokens whose tag is exactly right, {@code O} included; 0 without any token. */
  public double tokenAccuracy() {
    return tokenAccuracy;
  }
}
