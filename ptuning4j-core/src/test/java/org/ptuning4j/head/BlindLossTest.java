package org.ptuning4j.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.head.linear.LinearHeadSpec;
import org.ptuning4j.head.linear.SpanHeadSpec;
import org.ptuning4j.head.linear.TokenHeadSpec;
import org.ptuning4j.head.vocabulary.CandidateHeadSpec;
import org.ptuning4j.head.vocabulary.VerbalizerHeadSpec;
import org.ptuning4j.head.vocabulary.VocabularyHeadSpec;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;

/** What a model reaches that only knows how frequent the answers are. */
class BlindLossTest {

  private static final double QUARTER = -0.25 * Math.log(0.25) - 0.75 * Math.log(0.75);

  @Test
  void ofClasses() {
    List<Item> items = items(1, 0, 0, 0);
    assertBlind(LinearHeadSpec.sequence(3, SequenceInput.POOLER, 0), items, QUARTER);
    assertBlind(new VerbalizerHeadSpec(List.of(List.of(1), List.of(2)), false), items, QUARTER);
    assertBlind(new VocabularyHeadSpec(List.of()), items, QUARTER);
    assertBlind(LinearHeadSpec.sequence(3, SequenceInput.POOLER, 0), items(1, 1), 0);
    assertBlind(
        LinearHeadSpec.sequence(3, SequenceInput.POOLER, 0), List.of(Item.of(row())), Double.NaN);
  }

  @Test
  void ofValues() {
    assertBlind(
        LinearHeadSpec.regression(SequenceInput.POOLER, 0),
        List.of(value(1), value(3), value(5)),
        8.0 / 3);
  }

  @Test
  void ofLabels() {
    List<Item> items = List.of(labels(1, 0), labels(0, 0), labels(0, 0), labels(0, 0));
    assertBlind(LinearHeadSpec.multiLabel(2, SequenceInput.POOLER, 0), items, QUARTER / 2);
  }

  @Test
  void ofCandidates() {
    LinearHeadSpec spec = LinearHeadSpec.choice(SequenceInput.POOLER, 0);
    assertBlind(spec, List.of(choice(2, 0), choice(4, 1)), Math.log(2)); // by index
    assertBlind(
        new CandidateHeadSpec(CandidateHeadSpec.Length.SUM),
        List.of(choice(2, 0), choice(4, 1)),
        Math.log(2));
    List<Item> even = List.of(choice(2, 0), choice(2, 1), choice(4, 2), choice(4, 3));
    assertBlind(spec, even, (Math.log(2) + Math.log(4)) / 2); // by number
    assertBlind(
        LinearHeadSpec.eachCandidate(SequenceInput.POOLER, 0),
        List.of(
            candidates(3).withTarget(HeadCase.labelSet(0, 1, 0)),
            candidates(1).withTarget(HeadCase.labelSet(0))),
        QUARTER);
  }

  @Test
  void ofTokens() {
    List<Item> items =
        List.of(
            Item.ofTokens(row(), new int[] {0, 0, 0}, new int[0])
                .withTarget(HeadCase.tags(1, -1, 0)),
            Item.ofTokens(row(), new int[] {0, 0}, new int[0]).withTarget(HeadCase.tags(0, 0)));
    assertBlind(new TokenHeadSpec(2, 0), items, QUARTER);
    assertBlind(new SpanHeadSpec(), List.of(), Double.NaN);
  }

  /** Four tags that begin, three of them 0; of two tags behind 0 one is 0; 1 is always behind 1. */
  @Test
  void ofChainsOfTokens() {
    List<Item> items =
        List.of(
            Item.ofTokens(row(), new int[] {0, 0, 0}, new int[0])
                .withTarget(HeadCase.tags(0, 0, -1)),
            Item.ofTokens(row(), new int[] {0, 0}, new int[0]).withTarget(HeadCase.tags(1, 1)),
            Item.ofTokens(row(), new int[] {0, 0}, new int[0]).withTarget(HeadCase.tags(0, 1)),
            Item.ofTokens(row(), new int[] {0, 0}, new int[0]).withTarget(HeadCase.tags(-1, 0)));
    double beginnings = 4 * QUARTER;
    double behind = 2 * Math.log(2);
    assertBlind(new TokenHeadSpec(2, 0, TagHead.CRF), items, (beginnings + behind) / 7);
    assertBlind(new TokenHeadSpec(2, 0, TagHead.CRF), List.of(), Double.NaN);
  }

  private static void assertBlind(HeadSpec spec, List<Item> items, double expected) {
    double blind =
        Scope.run(
            () -> {
              try (FakeBackbone backbone = new FakeBackbone(false);
                  Head head = spec.create(backbone, RandomStream.of(1))) {
                return head.blindLoss(items);
              }
            });
    if (Double.isNaN(expected)) {
      assertThat(blind).isNaN();
    } else {
      assertThat(blind).isCloseTo(expected, within(1e-12));
    }
  }

  private static TokenRow row() {
    return HeadCase.row(3, 0);
  }

  private static Item choice(int candidates, int right) {
    return candidates(candidates).withTarget(HeadCase.choice(right));
  }

  private static Item candidates(int number) {
    return Item.ofCandidates(Stream.generate(BlindLossTest::row).limit(number).toList());
  }

  private static Item value(double value) {
    return Item.of(row()).withTarget(new Target.Value(value));
  }

  private static Item labels(int... applies) {
    return Item.of(row()).withTarget(HeadCase.labelSet(applies));
  }

  private static List<Item> items(int... targets) {
    return Arrays.stream(targets)
        .mapToObj(target -> Item.of(row()).withTarget(HeadCase.choice(target)))
        .toList();
  }
}
