package org.ptuning4j.task.tagging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.tagging.TagScheme;
import org.ptuning4j.metric.EntityScores;

class TagDecoderTest {

  private static final List<String> LABELS = List.of("O", "B-A", "B-B", "I-A", "I-B");

  private final TagDecoder decoder = new TagDecoder(LABELS);
  private static final float[] NO_TRANSITIONS = {};

  /** Log-probabilities of words, about one in six of which has no token. */
  private static double[][] logs(long seed, int words) {
    SplittableRandom random = new SplittableRandom(seed);
    double[][] logs = new double[words][];
    for (int word = 0; word < words; word++) {
      if (random.nextInt(6) > 0) {
        double[] shares = random.doubles(LABELS.size(), 1e-6, 1).toArray();
        double sum = 0;
        for (double share : shares) {
          sum += share;
        }
        logs[word] = new double[shares.length];
        for (int i = 0; i < shares.length; i++) {
          logs[word][i] = Math.log(shares[i] / sum);
        }
      }
    }
    return logs;
  }

  /** Between all labels, or none at all. */
  private static float[] transitions(long seed) {
    SplittableRandom random = new SplittableRandom(~seed);
    float[] transitions = new float[seed % 3 == 0 ? 0 : LABELS.size() * LABELS.size()];
    for (int i = 0; i < transitions.length; i++) {
      transitions[i] = random.nextInt(-2000, 2000) / 1000f;
    }
    return transitions;
  }

  private static double score(double[][] logs, float[] transitions, int[] path) {
    double score = 0;
    int before = -1;
    for (int word = 0; word < path.length; word++) {
      if (logs[word] != null) {
        if (before >= 0 && transitions.length > 0) {
          score += transitions[before * LABELS.size() + path[word]];
        }
        before = path[word];
      }
      boolean none = logs[word] == null;
      score += none ? (path[word] == 0 ? 0 : Double.NEGATIVE_INFINITY) : logs[word][path[word]];
    }
    return score;
  }

  private static List<String> tags(int[] path) {
    List<String> tags = new ArrayList<>();
    for (int label : path) {
      tags.add(LABELS.get(label));
    }
    return tags;
  }

  @Property(tries = 200)
  void theBestPathAndTheSharesOfTagsAreThoseOfAllPaths(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 5) int words, @ForAll boolean validOnly) {
    double[][] logs = logs(seed, words);
    float[] transitions = transitions(seed);
    TagPaths paths =
        validOnly ? TagPaths.valid(LABELS, transitions) : TagPaths.any(LABELS.size(), transitions);
    double best = Double.NEGATIVE_INFINITY;
    double all = 0;
    double[][] shares = new double[words][LABELS.size()];
    for (int code = 0; code < Math.pow(LABELS.size(), words); code++) {
      int[] path = new int[words];
      int rest = code;
      for (int word = 0; word < words; word++) {
        path[word] = rest % LABELS.size();
        rest /= LABELS.size();
      }
      if (!validOnly || TagScheme.IOB2.problem(tags(path)).isEmpty()) {
        best = Math.max(best, score(logs, transitions, path));
        double share = Math.exp(score(logs, transitions, path));
        all += share;
        for (int word = 0; word < words; word++) {
          shares[word][path[word]] += share;
        }
      }
    }
    int[] found = paths.best(logs);
    assertThat(!validOnly || TagScheme.IOB2.problem(tags(found)).isEmpty()).isTrue();
    assertThat(score(logs, transitions, found)).isCloseTo(best, within(1e-9));
    double[][] given = paths.shares(logs);
    for (int word = 0; word < words; word++) {
      for (int label = 0; label < LABELS.size(); label++) {
        assertThat(given[word][label]).isCloseTo(shares[word][label] / all, within(1e-9));
      }
    }
    TagDecoder.TagScores scores = new TagDecoder.TagScores(logs, transitions);
    if (validOnly) {
      double[] probabilities = decoder.decode(Decoding.VITERBI, scores).probabilities();
      for (int word = 0; word < words; word++) {
        assertThat(probabilities[word]).isEqualTo(given[word][found[word]]);
      }
    } else if (transitions.length > 0) {
      double[] probabilities = decoder.decode(Decoding.ARGMAX, scores).probabilities();
      for (int word = 0; word < words; word++) {
        double largest = Arrays.stream(given[word]).max().orElseThrow();
        assertThat(probabilities[word]).isCloseTo(largest, within(1e-9));
      }
    }
  }

  @Property(tries = 200)
  void bothDecodingsGiveValidTagsAndLeaveWordsWithoutTokenOutside(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 30) int words) {
    double[][] logs = logs(seed, words);
    for (Decoding decoding : Decoding.values()) {
      TagDecoder.Decoded decoded =
          decoder.decode(decoding, new TagDecoder.TagScores(logs, transitions(seed)));
      assertThat(TagScheme.IOB2.problem(decoded.tags())).isEmpty();
      for (int word = 0; word < words; word++) {
        if (logs[word] == null) {
          assertThat(decoded.tags().get(word)).isEqualTo("O");
        }
      }
    }
  }

  /** So that the repair changes no published figure. */
  @Property(tries = 200)
  void repairedTagsAreReadLikeTheRawOnes(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 30) int words) {
    double[][] logs = logs(seed, words);
    List<String> raw = new ArrayList<>();
    for (double[] word : logs) {
      int best = 0;
      for (int i = 0; word != null && i < word.length; i++) {
        best = word[i] > word[best] ? i : best;
      }
      raw.add(LABELS.get(best));
    }
    assertThat(
            EntityScores.chunks(
                decoder
                    .decode(Decoding.ARGMAX, new TagDecoder.TagScores(logs, NO_TRANSITIONS))
                    .tags(),
                EntityScores.Mode.STRICT_IOB2))
        .isEqualTo(EntityScores.chunks(raw, EntityScores.Mode.DEFAULT));
  }

  @Example
  void impossibleTagsStillGiveAnAnswer() {
    double no = Double.NEGATIVE_INFINITY;
    double[][] logs = {{no, no, no, 0, no}, {Double.NaN, no, no, no, no}};
    assertThat(TagScheme.IOB2.problem(tags(TagPaths.valid(LABELS, NO_TRANSITIONS).best(logs))))
        .isEmpty();
  }

  @Example
  void learnsTagsSortedWithOutsideFirst() {
    assertThat(
            TagDecoder.learn("x.conll", List.of(List.of("B-PER", "I-PER"), List.of("O", "B-LOC"))))
        .containsExactly("O", "B-LOC", "B-PER", "I-PER");
    assertThatThrownBy(() -> TagDecoder.learn("x.conll", List.of(List.of("O", "O"))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("x.conll has no tag but O");
  }

  @Example
  void refusesLabelsThatAreNoTags() {
    for (List<String> labels :
        List.of(
            List.of("B-A", "O"),
            List.of("O"),
            List.of("O", "A"),
            List.of("O", "I-A"),
            List.of("O", "B-A", "B-A"))) {
      assertThatThrownBy(() -> TagDecoder.checked("t", labels))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("task 't'");
    }
    assertThat(TagDecoder.checked("t", LABELS)).isEqualTo(LABELS);
  }
}
