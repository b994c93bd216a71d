package org.ptuning4j.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
import org.ptuning4j.metric.RoleScores.Argument;

class RoleScoresTest {

  private static final Offset<Double> CLOSE = Offset.offset(1e-12);

  /** One frame, each token with {true tag, predicted tag}. */
  private record Frame(List<List<String>> pairs) {
    List<String> tags(int side) {
      return pairs.stream().map(pair -> pair.get(side)).toList();
    }
  }

  @Provide
  Arbitrary<List<Frame>> frames() {
    List<String> tags = new ArrayList<>(List.of("O", "B-V", "B-C-V"));
    for (String role : List.of("A0", "A1", "C-A0", "C-A1", "R-A0", "C-R-A0")) {
      tags.add("B-" + role);
      tags.add("I-" + role);
    }
    Arbitrary<String> tag = Arbitraries.of(tags);
    Arbitrary<List<String>> same = tag.map(both -> List.of(both, both));
    Arbitrary<List<String>> any = Combinators.combine(tag, tag).as(List::of);
    return Arbitraries.oneOf(List.of(same, same, same, any))
        .list()
        .ofMaxSize(9)
        .map(Frame::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(6);
  }

  @Property(tries = 500)
  void scoresAgreeWithArgumentsWrittenOut(@ForAll("frames") List<Frame> frames) {
    Map<String, int[]> counts = new TreeMap<>(); // role → right, true, predicted
    int perfect = 0;
    for (Frame frame : frames) {
      Map<String, String> truth = arguments(frame.tags(0));
      Map<String, String> predicted = arguments(frame.tags(1));
      truth.values().forEach(role -> counts.computeIfAbsent(role, r -> new int[3])[1]++);
      predicted.values().forEach(role -> counts.computeIfAbsent(role, r -> new int[3])[2]++);
      truth.forEach(
          (written, role) -> counts.get(role)[0] += predicted.containsKey(written) ? 1 : 0);
      perfect += truth.keySet().equals(predicted.keySet()) ? 1 : 0;
    }
    RoleScores scores =
        RoleScores.of(
            frames.stream().map(frame -> frame.tags(0)).toList(),
            frames.stream().map(frame -> frame.tags(1)).toList());
    int[] total = new int[3];
    assertThat(scores.roles().keySet()).containsExactlyElementsOf(counts.keySet());
    counts.forEach(
        (role, count) -> {
          LabelScore score = scores.roles().get(role);
          assertScore(score.precision(), score.recall(), score.f1(), count);
          for (int i = 0; i < 3; i++) {
            total[i] += count[i];
          }
        });
    assertScore(scores.precision(), scores.recall(), scores.f1(), total);
    assertThat(scores.support()).isEqualTo(total[1]);
    assertThat(scores.predicted()).isEqualTo(total[2]);
    assertThat(scores.frames()).isEqualTo(frames.size());
    assertThat(scores.perfectFrames()).isCloseTo((double) perfect / frames.size(), CLOSE);
  }

  /**
   * The arguments of a frame, written out as "role 0:1 4:5", each with its role. Each token is
   * given the number of its argument, looking back for what it continues.
   */
  private static Map<String, String> arguments(List<String> tags) {
    int[] argument = new int[tags.size()];
    Map<Integer, StringBuilder> written = new TreeMap<>();
    for (int t = 0; t < tags.size(); t++) {
      argument[t] = -1;
      if (tags.get(t).equals("O")) {
        continue;
      }
      String type = tags.get(t).substring(2);
      boolean inside =
          tags.get(t).startsWith("I-") && t > 0 && tags.get(t - 1).matches("[BI]-" + type);
      argument[t] = inside ? argument[t - 1] : t;
      for (int back = t - 1; back >= 0 && !inside && type.startsWith("C-"); back--) {
        if (tags.get(back).matches("[BI]-(C-)?" + type.substring(2))) {
          argument[t] = argument[back];
          break;
        }
      }
      StringBuilder text =
          written.computeIfAbsent(
              argument[t], key -> new StringBuilder(type.replaceFirst("^C-", "")));
      text.append(inside ? "," : " ").append(t);
    }
    return written.values().stream()
        .map(StringBuilder::toString)
        .filter(text -> !text.startsWith("V "))
        .collect(Collectors.toMap(text -> text, text -> text.substring(0, text.indexOf(' '))));
  }

  private static void assertScore(double precision, double recall, double f1, int[] count) {
    double p = count[2] == 0 ? 0 : (double) count[0] / count[2];
    double r = count[1] == 0 ? 0 : (double) count[0] / count[1];
    assertThat(precision).isCloseTo(p, CLOSE);
    assertThat(recall).isCloseTo(r, CLOSE);
    assertThat(f1).isCloseTo(count[0] == 0 ? 0 : 2 * p * r / (p + r), CLOSE);
  }

  @Test
  void discontinuousArgumentIsOne() {
    List<String> truth = List.of("B-A1", "I-A1", "B-A0", "B-V", "B-C-A1", "I-C-A1");
    assertThat(RoleScores.arguments(truth))
        .containsExactly(
            new Argument("A1", List.of(new Chunk("A1", 0, 1), new Chunk("A1", 4, 5))),
            new Argument("A0", List.of(new Chunk("A0", 2, 2))));
    List<String> shorter = List.of("B-A1", "I-A1", "B-A0", "B-V", "B-C-A1", "O");
    RoleScores scores = RoleScores.of(List.of(truth, truth), List.of(shorter, truth));
    assertThat(scores.roles().get("A1")).isEqualTo(new LabelScore(0.5, 0.5, 0.5, 2, 2));
    assertThat(scores.roles().get("A0")).isEqualTo(new LabelScore(1, 1, 1, 2, 2));
    assertThat(scores.roles()).doesNotContainKeys("V", "C-A1");
    assertThat(scores.f1()).isEqualTo(0.75);
    assertThat(scores.perfectFrames()).isEqualTo(0.5);
  }

  @Test
  void continuationJoinsTheLastOfItsRole() {
    assertThat(RoleScores.arguments(List.of("B-A1", "B-A1", "O", "B-C-A1")))
        .containsExactly(
            new Argument("A1", List.of(new Chunk("A1", 0, 0))),
            new Argument("A1", List.of(new Chunk("A1", 1, 1), new Chunk("A1", 3, 3))));
  }

  @Test
  void continuationOfNothingIsAnArgument() {
    RoleScores scores = RoleScores.of(List.of(List.of("B-A1")), List.of(List.of("B-C-A1")));
    assertThat(scores.f1()).isEqualTo(1);
    assertThat(scores.perfectFrames()).isEqualTo(1);
  }

  @Test
  void wrongPredicateCostsNothing() {
    RoleScores scores =
        RoleScores.of(
            List.of(List.of("B-V", "B-C-V", "B-R-A0"), List.of("B-V", "O", "O")),
            List.of(List.of("O", "B-V", "B-R-A0"), List.of("O", "O", "B-A0")));
    assertThat(scores.roles())
        .isEqualTo(
            Map.of("A0", new LabelScore(0, 0, 0, 0, 1), "R-A0", new LabelScore(1, 1, 1, 1, 1)));
    assertThat(scores.perfectFrames()).isEqualTo(0.5);
  }

  @Test
  void impossibleInputIsRefused() {
    assertThatThrownBy(() -> RoleScores.of(List.of(), List.of()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("0 true frames and 0 predicted ones: there must be as many, at least one");
    assertThatThrownBy(() -> RoleScores.of(List.of(List.of("O")), List.of(List.of())))
        .hasMessage("frame 0 has 1 true tags and 0 predicted ones: there must be as many");
    assertThatThrownBy(() -> RoleScores.arguments(List.of("A0")))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> new Argument("A0", List.of()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("argument A0 has no part: must have one at least");
  }
}
