package org.ptuning4j.metric;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.metric.EntityScores.Chunk;

/**
 * Precision, recall and F1 of semantic roles, as {@code srl-eval.pl} of the CoNLL-2005 shared task
 * counts them. A frame is one predicate in one sentence, with a BIO tag per token. An argument is
 * right if its role and all its parts are. {@code C-X} continues the last argument {@code X} before
 * it, so that a discontinuous argument counts once; without one, it is an {@code X} of its own.
 * {@code R-X} is a role of its own. The predicate, {@code V}, is not counted. All figures are 0 to
 * 1 (the script prints percentages); undefined ones are 0.
 */
public final class RoleScores {

  private static final String PREDICATE = "V";
  private static final String CONTINUATION = "C-";

  /**
   * An argument of a predicate.
   *
   * @param role such as {@code A0} or {@code R-A1}, never a continuation
   * @param parts its spans from left to right, all with the role as type; more than one where it is
   *     discontinuous
   */
  public record Argument(String role, List<Chunk> parts) {

    /** Copies the parts, of which there must be one at least. */
    public Argument {
      parts = List.copyOf(parts);
      if (parts.isEmpty()) {
        throw InvalidInputException.of("argument %s has no part: must have one at least", role);
      }
    }
  }

  private final LabelScore total;
  private final Map<String, LabelScore> roles;
  private final int frames;
  private final int perfect;

  private RoleScores(SpanCounts counts, int frames, int perfect) {
    this.total = counts.total();
    this.roles = counts.table();
    this.frames = frames;
    this.perfect = perfect;
  }

  /**
   * Compares the arguments of frames.
   *
   * @param truth for each frame the tag of each token, such as {@code B-A0}, {@code I-C-A1}, {@code
   *     B-V} or {@code O}; spans are read as in {@link EntityScores.Mode#DEFAULT}
   * @param predicted the same for the predictions
   * @throws InvalidInputException where there is no frame, the lengths differ, or a tag is of
   *     another form
   */
  public static RoleScores of(List<List<String>> truth, List<List<String>> predicted) {
    SpanCounts.requireAligned(truth, predicted, "frame");
    SpanCounts counts = new SpanCounts();
    int perfect = 0;
    for (int i = 0; i < truth.size(); i++) {
      List<Argument> wanted = arguments(truth.get(i));
      List<Argument> found = arguments(predicted.get(i));
      counts.add(wanted, found, Argument::role);
      perfect += new HashSet<>(wanted).equals(new HashSet<>(found)) ? 1 : 0;
    }
    return new RoleScores(counts, truth.size(), perfect);
  }

  /**
   * The arguments of a frame without its predicate, by their first tokens.
   *
   * @param tags the tag of each token
   * @throws InvalidInputException where a tag is of another form
   */
  public static List<Argument> arguments(List<String> tags) {
    List<List<Chunk>> arguments = new ArrayList<>();
    Map<String, List<Chunk>> latest = new HashMap<>();
    for (Chunk chunk : EntityScores.chunks(tags, EntityScores.Mode.DEFAULT)) {
      boolean continuation = chunk.type().startsWith(CONTINUATION);
      String role = continuation ? chunk.type().substring(CONTINUATION.length()) : chunk.type();
      if (!continuation || !latest.containsKey(role)) {
        List<Chunk> parts = new ArrayList<>();
        latest.put(role, parts);
        arguments.add(parts);
      }
      latest.get(role).add(new Chunk(role, chunk.first(), chunk.last()));
    }
    return arguments.stream()
        .map(parts -> new Argument(parts.get(0).type(), parts))
        .filter(argument -> !argument.role().equals(PREDICATE))
        .toList();
  }

  /** Precision, recall and F1 over all arguments. */
  public LabelScore total() {
    return total;
  }

  /** The share of predicted arguments that are right. */
  public double precision() {
    return total.precision();
  }

  /** The share of true arguments that are found. */
  public double recall() {
    return total.recall();
  }

  /** The harmonic mean of precision and recall over all arguments. */
  public double f1() {
    return total.f1();
  }

  /** How many arguments there truly are. */
  public int support() {
    return total.support();
  }

  /** How many arguments were predicted. */
  public int predicted() {
    return total.predicted();
  }

  /** The scores by role, sorted by role, of those seen in truth or prediction; unmodifiable. */
  public Map<String, LabelScore> roles() {
    return roles;
  }

  /** How many frames were compared. */
  public int frames() {
    return frames;
  }

  /** The share of frames without a missed or excess argument; one with no argument counts. */
  public double perfectFrames() {
    return (double) perfect / frames;
  }
}
