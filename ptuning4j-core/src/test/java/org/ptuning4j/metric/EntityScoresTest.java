package org.ptuning4j.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.metric.EntityScores.Chunk;
import org.ptuning4j.metric.EntityScores.Mode;

class EntityScoresTest {

  private static final Offset<Double> CLOSE = Offset.offset(1e-12);
  private static final List<String> TYPES = List.of("LOC", "ORG", "PER");

  /** What an entity looks like once the tags of its type are cut to their prefixes. */
  private static final Map<Mode, Pattern> ENTITY =
      Map.of(
          Mode.DEFAULT, Pattern.compile("[BI]I*E?|E|S"),
          Mode.STRICT_IOB2, Pattern.compile("BI*"),
          Mode.STRICT_IOBES, Pattern.compile("S|BI*E"));

  /** One sentence, each token with {true tag, predicted tag}. */
  private record Sentence(List<List<String>> pairs) {
    List<String> truth() {
      return pairs.stream().map(pair -> pair.get(0)).toList();
    }

    List<String> predicted() {
      return pairs.stream().map(pair -> pair.get(1)).toList();
    }
  }

  private record Tagging(Mode mode, List<Sentence> sentences) {
    List<List<String>> truth() {
      return sentences.stream().map(Sentence::truth).toList();
    }

    List<List<String>> predicted() {
      return sentences.stream().map(Sentence::predicted).toList();
    }
  }

  @Provide
  Arbitrary<Tagging> taggings() {
    return Arbitraries.of(Mode.values())
        .flatMap(
            mode -> {
              List<String> tags = new ArrayList<>(List.of("O"));
              for (String prefix :
                  mode == Mode.STRICT_IOB2 ? List.of("B", "I") : List.of("B", "I", "E", "S")) {
                TYPES.forEach(type -> tags.add(prefix + "-" + type));
              }
              Arbitrary<String> tag = Arbitraries.of(tags);
              Arbitrary<List<String>> same = tag.map(both -> List.of(both, both));
              Arbitrary<List<String>> any = Combinators.combine(tag, tag).as(List::of);
              return Arbitraries.oneOf(List.of(same, same, any))
                  .list()
                  .ofMaxSize(12)
                  .map(Sentence::new)
                  .list()
                  .ofMinSize(1)
                  .ofMaxSize(5)
                  .map(sentences -> new Tagging(mode, sentences));
            });
  }

  @Property(tries = 500)
  void scoresAgreeWithEntitiesFoundByPattern(@ForAll("taggings") Tagging tagging) {
    Set<String> truth = entities(tagging.truth(), tagging.mode());
    Set<String> predicted = entities(tagging.predicted(), tagging.mode());
    EntityScores scores = EntityScores.of(tagging.truth(), tagging.predicted(), tagging.mode());
    assertScore(scores.precision(), scores.recall(), scores.f1(), truth, predicted);

    Set<String> seen = new TreeSet<>();
    double macro = 0;
    double weighted = 0;
    for (String type : TYPES) {
      Set<String> t = ofType(truth, type);
      Set<String> p = ofType(predicted, type);
      if (!t.isEmpty() || !p.isEmpty()) {
        seen.add(type);
        LabelScore score = scores.types().get(type);
        assertScore(score.precision(), score.recall(), score.f1(), t, p);
        assertThat(score.support()).isEqualTo(t.size());
        assertThat(score.predicted()).isEqualTo(p.size());
        macro += score.f1();
        weighted += score.f1() * t.size();
      }
    }
    assertThat(scores.types().keySet()).containsExactlyElementsOf(seen);
    assertThat(scores.macroF1()).isCloseTo(seen.isEmpty() ? 0 : macro / seen.size(), CLOSE);
    assertThat(scores.weightedF1()).isCloseTo(truth.isEmpty() ? 0 : weighted / truth.size(), CLOSE);
  }

  @Property(tries = 300)
  void tokenAccuracyCountsTags(@ForAll("taggings") Tagging tagging) {
    List<List<String>> pairs =
        tagging.sentences().stream().flatMap(sentence -> sentence.pairs().stream()).toList();
    double expected =
        pairs.stream().collect(Collectors.averagingInt(p -> p.get(0).equals(p.get(1)) ? 1 : 0));
    assertThat(
            EntityScores.of(tagging.truth(), tagging.predicted(), tagging.mode()).tokenAccuracy())
        .isCloseTo(expected, CLOSE);
  }

  /** The entities as texts "type sentence from to", each type searched on its own. */
  private static Set<String> entities(List<List<String>> sentences, Mode mode) {
    Set<String> found = new HashSet<>();
    for (int i = 0; i < sentences.size(); i++) {
      for (String type : TYPES) {
        String prefixes =
            sentences.get(i).stream()
                .map(tag -> tag.endsWith("-" + type) ? tag.substring(0, 1) : "x")
                .collect(Collectors.joining());
        Matcher matcher = ENTITY.get(mode).matcher(prefixes);
        while (matcher.find()) {
          found.add(type + " " + i + " " + matcher.start() + " " + matcher.end());
        }
      }
    }
    return found;
  }

  private static Set<String> ofType(Set<String> entities, String type) {
    return entities.stream().filter(e -> e.startsWith(type + " ")).collect(Collectors.toSet());
  }

  private static void assertScore(
      double precision, double recall, double f1, Set<String> truth, Set<String> predicted) {
    double right = predicted.stream().filter(truth::contains).count();
    double p = predicted.isEmpty() ? 0 : right / predicted.size();
    double r = truth.isEmpty() ? 0 : right / truth.size();
    assertThat(precision).isCloseTo(p, CLOSE);
    assertThat(recall).isCloseTo(r, CLOSE);
    assertThat(f1).isCloseTo(right == 0 ? 0 : 2 * p * r / (p + r), CLOSE);
  }

  @Test
  void modesReadTheSameTagsDifferently() {
    List<String> tags = List.of("I-PER", "I-PER", "B-LOC", "I-ORG", "I-ORG");
    assertThat(EntityScores.chunks(tags, Mode.DEFAULT))
        .containsExactly(new Chunk("PER", 0, 1), new Chunk("LOC", 2, 2), new Chunk("ORG", 3, 4));
    assertThat(EntityScores.chunks(tags, Mode.STRICT_IOB2)).containsExactly(new Chunk("LOC", 2, 2));
    assertThat(EntityScores.chunks(tags, Mode.STRICT_IOBES)).isEmpty();
  }

  @Test
  void bareTagsAndHyphensInTypesAreRead() {
    assertThat(EntityScores.chunks(List.of("B", "I", "B-ARGM-TMP"), Mode.DEFAULT))
        .containsExactly(new Chunk("_", 0, 1), new Chunk("ARGM-TMP", 2, 2));
    assertThat(EntityScores.chunks(List.of("B-", "I"), Mode.DEFAULT))
        .containsExactly(new Chunk("_", 0, 1));
  }

  @Test
  void sentencesWithoutTokensScoreZero() {
    EntityScores scores = EntityScores.of(List.of(List.of()), List.of(List.of()));
    assertThat(scores.tokenAccuracy()).isZero();
    assertThat(scores.f1()).isZero();
    assertThat(scores.types()).isEmpty();
  }

  @Test
  void typesCannotBeChanged() {
    EntityScores scores = EntityScores.of(List.of(List.of("B-PER")), List.of(List.of("B-PER")));
    assertThatThrownBy(() -> scores.types().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void impossibleInputIsRefused() {
    assertThatThrownBy(() -> EntityScores.of(List.of(), List.of()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("0 true sentences and 0 predicted ones: there must be as many, at least one");
    assertThatThrownBy(() -> EntityScores.of(List.of(List.of("O")), List.of()))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(
            () ->
                EntityScores.of(
                    List.of(List.of("O"), List.of("O", "O")), List.of(List.of("O"), List.of("O"))))
        .hasMessage("sentence 1 has 2 true tags and 1 predicted ones: there must be as many");
    assertThatThrownBy(() -> EntityScores.chunks(List.of("O", "PER"), Mode.DEFAULT))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "tag 'PER' of token 1: must be O, or one letter of BIES with a hyphen and a type");
    for (String tag : List.of("", "Ox", "BPER", "b-PER", "L-PER")) {
      assertThatThrownBy(() -> EntityScores.chunks(List.of(tag), Mode.DEFAULT))
          .as(tag)
          .isInstanceOf(InvalidInputException.class);
    }
    assertThatThrownBy(() -> EntityScores.chunks(List.of("S-PER"), Mode.STRICT_IOB2))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("one letter of BI with");
    assertThatThrownBy(() -> new Chunk("PER", 2, 1)).isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> new Chunk("PER", -1, 1)).isInstanceOf(InvalidInputException.class);
  }
}
