package org.ptuning4j.task.tagging;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.tagging.LabelledSpan;
import org.ptuning4j.data.tagging.TagScheme;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.Target;
import org.ptuning4j.metric.EntityScores;

/** The tags of a task, in the order of the head's outputs, and what scores for them mean. */
final class TagDecoder {

  static final String OUTSIDE = "O";

  private final List<String> labels;

  TagDecoder(List<String> labels) {
    this.labels = labels;
  }

  /**
   * What the tags of a sentence's words have.
   *
   * @param logs log-probabilities, words × labels; {@code null} for a word that no item reads
   * @param transitions the logarithm of what a tag behind another gives, previous × next; empty
   *     where the head has none
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record TagScores(double[][] logs, float[] transitions) {}

  /**
   * Tags in IOB2 with each one's probability; 1 for a word that has no token and is {@code O}
   * therefore.
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Decoded(List<String> tags, double[] probabilities) {

    /** The geometric mean of the probabilities of words from first to last. */
    double probability(int first, int last) {
      double sum = 0;
      for (int word = first; word <= last; word++) {
        sum += Math.log(probabilities[word]);
      }
      return Math.exp(sum / (last - first + 1));
    }
  }

  /**
   * Makes sure that these can be a task's tags: O first, then tags of IOB2, each once, and no I
   * without its B.
   *
   * @throws InvalidInputException if not
   */
  static List<String> checked(String task, List<String> labels) {
    if (labels.isEmpty()) {
      return List.of();
    }
    Set<String> known = new HashSet<>(labels);
    if (!labels.get(0).equals(OUTSIDE) || labels.size() < 2 || known.size() != labels.size()) {
      throw InvalidInputException.of(
          "task '%s': its labels are %s; they should be O first and other tags, each once",
          task, labels);
    }
    for (String label : labels.subList(1, labels.size())) {
      boolean begins = label.startsWith("B-");
      boolean sound = (begins || label.startsWith("I-")) && !label.substring(2).isBlank();
      if (!sound || (!begins && !known.contains("B-" + label.substring(2)))) {
        throw InvalidInputException.of(
            "task '%s': '%s' is no tag of IOB2, or an I- without its B-; tags are O, B-TYPE and"
                + " I-TYPE",
            task, label);
      }
    }
    return List.copyOf(labels);
  }

  /** The types of tags in IOB2, in their order, each by itself. */
  static Map<String, String> types(List<String> labels) {
    Map<String, String> types = new LinkedHashMap<>();
    labels.stream()
        .filter(label -> !label.equals(OUTSIDE))
        .map(label -> label.substring(2))
        .forEach(type -> types.put(type, type));
    return types;
  }

  /**
   * The tags that occur, O first, the others sorted.
   *
   * @throws InvalidInputException where there is none but O
   */
  static List<String> learn(Object file, Collection<List<String>> sentences) {
    Set<String> found = new TreeSet<>();
    sentences.forEach(found::addAll);
    found.remove(OUTSIDE);
    if (found.isEmpty()) {
      throw InvalidInputException.of(
          "%s has no tag but O; there is nothing to learn (are these the right columns?)", file);
    }
    List<String> labels = new ArrayList<>(List.of(OUTSIDE));
    labels.addAll(found);
    return labels;
  }

  /**
   * A window as an item for a head over tokens; its notes are the words that are read, −1 for a
   * place that stands for none. A tag that the task does not have is not trained on.
   *
   * @param tags of all words; none where they are not known
   */
  Item item(WordWindow window, List<String> tags) {
    boolean empty = window.reads().length == 0; // a head has to read something
    int[] reads = empty ? new int[] {0} : window.reads();
    int[] words = empty ? new int[] {-1} : window.words();
    Item item = Item.ofTokens(window.row(), reads, words);
    return tags.isEmpty() ? item : item.withTarget(target(words, tags));
  }

  private Target target(int[] words, List<String> tags) {
    List<OptionalInt> target = new ArrayList<>();
    for (int word : words) {
      int label = word < 0 ? -1 : labels.indexOf(tags.get(word));
      target.add(label < 0 ? OptionalInt.empty() : OptionalInt.of(label));
    }
    return new Target.Tags(target);
  }

  /**
   * The log-probabilities of each word's tags.
   *
   * @return words × labels; {@code null} for a word that no item reads
   */
  double[][] logProbabilities(int words, List<Item> items, List<float[]> scores) {
    double[][] all = new double[words][];
    for (int i = 0; i < items.size(); i++) {
      int[] read = items.get(i).notes();
      for (int k = 0; k < read.length; k++) {
        if (read[k] >= 0) {
          float[] own = scores.get(i);
          all[read[k]] = logSoftmax(own, k * labels.size(), labels.size());
        }
      }
    }
    return all;
  }

  private static double[] logSoftmax(float[] scores, int from, int size) {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = from; i < from + size; i++) {
      max = Math.max(max, scores[i]);
    }
    double sum = 0;
    for (int i = from; i < from + size; i++) {
      sum += Math.exp(scores[i] - max);
    }
    double[] logs = new double[size];
    for (int i = 0; i < size; i++) {
      logs[i] = scores[from + i] - max - Math.log(sum);
    }
    return logs;
  }

  /** The tags that the scores give. */
  Decoded decode(Decoding decoding, TagScores scores) {
    return switch (decoding) {
      case ARGMAX -> eachBest(scores);
      case VITERBI -> valid(scores);
    };
  }

  /** Where a tag depends on those around it, its probability is its share of all sequences. */
  private Decoded eachBest(TagScores scores) {
    double[][] logs = scores.logs();
    if (scores.transitions().length > 0) {
      double[][] shares = TagPaths.any(labels.size(), scores.transitions()).shares(logs);
      logs =
          Arrays.stream(shares)
              .map(word -> Arrays.stream(word).map(Math::log).toArray())
              .toArray(double[][]::new);
    }
    return repaired(argmax(logs), logs);
  }

  /** A tag's probability is its share of all valid sequences. */
  private Decoded valid(TagScores scores) {
    TagPaths paths = TagPaths.valid(labels, scores.transitions());
    int[] path = paths.best(scores.logs());
    double[][] shares = paths.shares(scores.logs());
    double[] probabilities = new double[path.length];
    Arrays.setAll(probabilities, word -> shares[word][path[word]]);
    return new Decoded(Arrays.stream(path).mapToObj(labels::get).toList(), probabilities);
  }

  private static int[] argmax(double[][] logs) {
    int[] best = new int[logs.length];
    for (int word = 0; word < logs.length; word++) {
      for (int label = 1; logs[word] != null && label < logs[word].length; label++) {
        best[word] = logs[word][label] > logs[word][best[word]] ? label : best[word];
      }
    }
    return best;
  }

  private Decoded repaired(int[] best, double[][] logs) {
    List<String> tags = Arrays.stream(best).mapToObj(labels::get).toList();
    List<LabelledSpan> spans =
        EntityScores.chunks(tags, EntityScores.Mode.DEFAULT).stream()
            .map(chunk -> new LabelledSpan(chunk.first(), chunk.last() + 1, chunk.type()))
            .toList();
    return decoded(TagScheme.IOB2.fromSpans(tags.size(), spans), best, logs);
  }

  private static Decoded decoded(List<String> tags, int[] chosen, double[][] logs) {
    double[] probabilities = new double[chosen.length];
    Arrays.setAll(
        probabilities, word -> logs[word] == null ? 1 : Math.exp(logs[word][chosen[word]]));
    return new Decoded(tags, probabilities);
  }
}
