package org.ptuning4j.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.head.linear.LinearHeadSpec;
import org.ptuning4j.head.linear.SpanHeadSpec;
import org.ptuning4j.head.linear.TokenHeadSpec;
import org.ptuning4j.head.vocabulary.CandidateHeadSpec;
import org.ptuning4j.head.vocabulary.CandidateHeadSpec.Length;
import org.ptuning4j.head.vocabulary.VerbalizerHead;
import org.ptuning4j.head.vocabulary.VerbalizerHeadSpec;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;

/** Scores and losses: alone and in a batch, saved and restored, and by hand. */
class HeadScoresTest {

  static Stream<HeadCase> cases() {
    return HeadCase.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void batchMatesChangeNothing(HeadCase c) {
    Scope.run(
        () -> {
          try (FakeBackbone backbone = new FakeBackbone(false);
              Head head = c.head(backbone)) {
            Tensor states = c.states();
            List<float[]> together = scores(head, backbone, states, c.items());
            assertThat(together).hasSameSizeAs(c.items());
            long row = 0;
            for (int i = 0; i < c.items().size(); i++) {
              Item item = c.items().get(i);
              // alone there is no padding either
              Tensor own = states.narrow(0, row, item.rows().size()).narrow(1, 0, item.longest());
              row += item.rows().size();
              float[] alone = scores(head, backbone, own, List.of(item)).get(0);
              assertThat(alone).isNotEmpty();
              assertThat(together.get(i)).containsExactly(alone, within(1e-6f));
            }
          }
        });
  }

  @ParameterizedTest
  @MethodSource("cases")
  void restoredHeadsScoreAlike(HeadCase c) {
    Scope.run(
        () -> {
          try (FakeBackbone backbone = new FakeBackbone(false);
              Head head = c.head(backbone);
              Head fresh = c.spec().create(backbone, RandomStream.of(8));
              Head restored = c.spec().restore(backbone, head.saved())) {
            List<float[]> expected = scores(head, backbone, c.states(), c.items());
            assertEqual(scores(restored, backbone, c.states(), c.items()), expected);
            if (!head.saved().isEmpty()) {
              assertThat(scores(fresh, backbone, c.states(), c.items()).get(0))
                  .isNotEqualTo(expected.get(0));
            }
            assertThat(c.spec().parameterCount(backbone.spec()))
                .isEqualTo(head.parameters().stream().mapToLong(p -> p.count()).sum());
          }
        });
  }

  /** Two candidates, the second with soft tokens before and within its words, and padding. */
  @Test
  void theMeanIsThatOfTheWords() {
    TokenRow plain = HeadCase.row(2, 0);
    TokenRow soft =
        new TokenRow(new int[3], new int[3], new int[] {TokenRow.WORD, 7, TokenRow.WORD}, 0)
            .withPrefix(1);
    List<Item> items = List.of(Item.ofCandidates(List.of(plain, soft)));
    Scope.run(
        () -> {
          try (FakeBackbone backbone = new FakeBackbone(false)) {
            Tensor states = RandomStream.of(4).gaussian(1, 2, 5, FakeBackbone.HIDDEN);
            states.select(0, 0).narrow(0, 2, 3).fill_(new Scalar(Float.NaN));
            states.requires_grad_(true);
            Tensor means = new HeadInput(backbone, states, items, Dropout.off()).means();
            float[] x = Tensors.floats(states);
            float[] found = Tensors.floats(means);
            int h = FakeBackbone.HIDDEN;
            for (int k = 0; k < h; k++) {
              assertThat(found[k]).isCloseTo((x[k] + x[h + k]) / 2, within(1e-6f));
              float expected = (x[5 * h + h + k] + x[5 * h + 3 * h + k]) / 2;
              assertThat(found[h + k]).isCloseTo(expected, within(1e-6f));
            }
            means.sum().backward();
            float[] gradient = Tensors.floats(states.grad().select(2, 0));
            assertThat(gradient).containsExactly(0.5f, 0.5f, 0, 0, 0, 0, 0.5f, 0, 0.5f, 0);
          }
        });
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aTrainedLanguageModelIsRestoredToo(HeadCase c) {
    Scope.run(
        () -> {
          try (FakeBackbone backbone = new FakeBackbone(true);
              Head head = c.head(backbone)) {
            Map<String, Tensor> saved = new HashMap<>();
            head.saved().forEach((name, tensor) -> saved.put(name, tensor.detach().clone()));
            List<float[]> expected = scores(head, backbone, c.states(), c.items());
            if (saved.containsKey("lm.bias")) {
              Autograd.withoutGraph(() -> backbone.parameters().forEach(p -> p.tensor().zero_()));
              assertThat(scores(head, backbone, c.states(), c.items()).get(0))
                  .isNotEqualTo(expected.get(0));
            }
            try (Head restored = c.spec().restore(backbone, saved)) {
              assertEqual(scores(restored, backbone, c.states(), c.items()), expected);
            }
          }
        });
  }

  @ParameterizedTest
  @MethodSource("cases")
  void whatIsMissingOrOfAnotherShapeIsNamed(HeadCase c) {
    Scope.run(
        () -> {
          try (FakeBackbone backbone = new FakeBackbone(true);
              Head head = c.head(backbone)) {
            for (String name : head.saved().keySet()) {
              Map<String, Tensor> other = new HashMap<>(head.saved());
              other.put(name, Tensors.of(new float[9], 3, 3));
              assertThatThrownBy(() -> c.spec().restore(backbone, other))
                  .isInstanceOf(InvalidInputException.class)
                  .hasMessageContaining("head: tensor " + name + " of shape")
                  .hasMessageContaining("found [3, 3]");
              other.remove(name);
              if (!name.startsWith("lm.")) {
                assertThatThrownBy(() -> c.spec().restore(backbone, other))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("found none");
              }
            }
          }
        });
  }

  @Test
  void choiceIsOverTheItemsOwnCandidates() {
    List<Item> items = List.of(choice(3, 1), choice(1, 0));
    Tensor scores = Tensors.of(new float[] {1, 2, 3, 7}, 4, 1);
    double first = Math.log(Math.exp(1) + Math.exp(2) + Math.exp(3)) - 2;
    assertThat(loss(LinearHeadSpec.choice(SequenceInput.POOLER, 0), scores, items))
        .isCloseTo(first / 2, within(1e-6)); // the only candidate costs nothing
  }

  @Test
  void eachCandidateForItself() {
    List<Item> items =
        List.of(
            Item.ofCandidates(rows(2)).withTarget(HeadCase.labelSet(1, 0)),
            Item.ofCandidates(rows(1)).withTarget(HeadCase.labelSet(1)));
    Tensor scores = Tensors.of(new float[] {1, 2, -3}, 3, 1);
    double sum = Math.log1p(Math.exp(-1)) + Math.log1p(Math.exp(2)) + Math.log1p(Math.exp(3));
    assertThat(loss(LinearHeadSpec.eachCandidate(SequenceInput.POOLER, 0), scores, items))
        .isCloseTo(sum / 3, within(1e-6));
  }

  @Test
  void tokensCountAlikeWhicheverItemTheyAreOf() {
    int[] none = new int[0];
    List<Item> items =
        List.of(
            Item.ofTokens(HeadCase.row(3, 0), new int[] {0, 1, 2}, none)
                .withTarget(HeadCase.tags(0, 1, -1)),
            Item.ofTokens(HeadCase.row(1, 0), new int[] {0}, none).withTarget(HeadCase.tags(1)));
    Tensor scores = Tensors.of(new float[] {0, 0, 2, 0, 9, 9, 1, 0}, 4, 2);
    double sum = Math.log(2) + Math.log1p(Math.exp(2)) + Math.log1p(Math.exp(1));
    assertThat(loss(new TokenHeadSpec(2, 0), scores, items)).isCloseTo(sum / 3, within(1e-6));
  }

  /**
   * ln(sum over all four sequences) less the right one's score, and an open word that may be any.
   */
  @Test
  void tagsOfAChainAreLearntTogether() {
    int[] none = new int[0];
    List<Item> items =
        List.of(
            Item.ofTokens(HeadCase.row(2, 0), new int[] {0, 1}, none)
                .withTarget(HeadCase.tags(0, 1)),
            Item.ofTokens(HeadCase.row(2, 0), new int[] {0, 1}, none)
                .withTarget(HeadCase.tags(-1, 1)));
    float[] transitions = {1, 3, 0, -2}; // 0 0, 0 1, 1 0, 1 1
    Tensor scores = Tensors.of(new float[] {2, 0, 0, 1, 2, 0, 0, 1}, 4, 2);
    double all = Math.exp(3) + Math.exp(6) + Math.exp(0) + Math.exp(-1);
    double first = Math.log(all) - 6;
    double second = Math.log(all) - Math.log(Math.exp(6) + Math.exp(-1));
    Scope.run(
        () -> {
          try (FakeBackbone backbone = new FakeBackbone(false);
              Head head =
                  new TokenHeadSpec(2, 0, TagHead.CRF)
                      .restore(
                          backbone,
                          Map.of(
                              "classifier.weight",
                              Tensors.of(
                                  new float[2 * FakeBackbone.HIDDEN], 2, FakeBackbone.HIDDEN),
                              "classifier.bias",
                              Tensors.of(new float[2], 2),
                              "transitions",
                              Tensors.of(transitions, 2, 2)))) {
            Loss loss = head.loss(scores, items);
            assertThat(loss.count()).isEqualTo(3);
            assertThat((double) loss.sum().item_float()).isCloseTo(first + second, within(1e-6));
            assertThat(head.split(scores, items).get(1)).containsExactly(2, 0, 0, 1);
            assertThat(head.common()).containsExactly(transitions);
          }
        });
  }

  @Test
  void spansAreOverTheItemsOwnPositions() {
    int[] none = new int[0];
    List<Item> items =
        List.of(
            Item.ofTokens(HeadCase.row(3, 0), new int[] {0, 2}, none)
                .withTarget(HeadCase.span(1, 0)),
            Item.ofTokens(HeadCase.row(3, 0), new int[] {0, 1, 2}, none)
                .withTarget(HeadCase.span(-1, 2)));
    Tensor scores = Tensors.of(new float[] {1, 5, 3, 4, 9, 0, 9, 0, 9, 1}, 5, 2);
    double start = Math.log1p(Math.exp(-2));
    double ends = Math.log1p(Math.exp(-1)) + Math.log(2 + Math.exp(1)) - 1;
    assertThat(loss(new SpanHeadSpec(), scores, items)).isCloseTo((start + ends) / 3, within(1e-6));
    Scope.run(
        () -> {
          try (FakeBackbone backbone = new FakeBackbone(false);
              Head head = new SpanHeadSpec().create(backbone, RandomStream.of(1))) {
            List<float[]> split = head.split(scores, items);
            assertThat(split.get(0)).containsExactly(1, 3, 5, 4);
            assertThat(split.get(1)).containsExactly(9, 9, 9, 0, 0, 1);
          }
        });
  }

  @Test
  void nothingThatCountsCostsNothingAndCanBeTrainedOn() {
    int[] none = new int[0];
    Map<HeadSpec, Item> cases =
        Map.of(
            new TokenHeadSpec(2, 0),
            Item.ofTokens(HeadCase.row(3, 0), new int[] {0, 1}, none)
                .withTarget(HeadCase.tags(-1, -1)),
            new TokenHeadSpec(2, 0, TagHead.CRF),
            Item.ofTokens(HeadCase.row(3, 0), new int[] {0, 1}, none)
                .withTarget(HeadCase.tags(-1, -1)),
            new SpanHeadSpec(),
            Item.ofTokens(HeadCase.row(3, 0), new int[] {0, 1}, none)
                .withTarget(HeadCase.span(-1, -1)));
    cases.forEach(
        (spec, item) ->
            Scope.run(
                () -> {
                  try (FakeBackbone backbone = new FakeBackbone(false);
                      Head head = spec.create(backbone, RandomStream.of(1))) {
                    Tensor states = RandomStream.of(3).gaussian(1, 1, 3, FakeBackbone.HIDDEN);
                    HeadInput input = HeadCase.input(head, backbone, states, List.of(item));
                    Tensor loss = head.loss(head.scores(input), List.of(item)).mean();
                    loss.backward();
                    assertThat(loss.item_float()).isZero();
                    head.parameters()
                        .forEach(
                            p -> assertThat(Tensors.floats(p.tensor().grad())).containsOnly(0f));
                  }
                }));
  }

  @Test
  void wordsAreAveragedAndOnlyTheyAreComputed() {
    Scope.run(
        () -> {
          try (FakeBackbone backbone = new FakeBackbone(false);
              Head head =
                  new VerbalizerHeadSpec(List.of(List.of(6), List.of(2, 4), List.of(4)), false)
                      .create(backbone, RandomStream.of(1))) {
            List<Item> items = List.of(Item.of(HeadCase.row(3, 1)));
            Tensor states = RandomStream.of(5).gaussian(1, 1, 3, FakeBackbone.HIDDEN);
            float[] all = Tensors.floats(backbone.logits(states.select(1, 1)));
            assertThat(scores(head, backbone, states, items).get(0))
                .containsExactly(
                    new float[] {all[6], (all[2] + all[4]) / 2, all[4]}, within(1e-5f));
            assertThat(backbone.asked()).hasSize(1);
            assertThat(backbone.asked().get(0)).containsExactlyInAnyOrder(2, 4, 6);
            assertThat(head.parameters()).isEmpty();
          }
        });
  }

  @Test
  void aTextWithoutContentFavoursNoLabelOnceCalibrated() {
    Scope.run(
        () -> {
          VerbalizerHeadSpec spec =
              new VerbalizerHeadSpec(List.of(List.of(6), List.of(2), List.of(4)), true);
          try (FakeBackbone backbone = new FakeBackbone(false);
              VerbalizerHead head = spec.create(backbone, RandomStream.of(1))) {
            List<Item> items = List.of(Item.of(HeadCase.row(3, 1)));
            Tensor empty = RandomStream.of(5).gaussian(1, 1, 3, FakeBackbone.HIDDEN);
            Tensor text = RandomStream.of(6).gaussian(1, 1, 3, FakeBackbone.HIDDEN);
            double[] likely = softmax(scores(head, backbone, text, items).get(0));
            double[] bias = softmax(scores(head, backbone, empty, items).get(0));
            for (int repetition = 0; repetition < 2; repetition++) {
              head.calibrate(head.scores(HeadCase.input(head, backbone, empty, items)));
              float[] after = scores(head, backbone, text, items).get(0);
              assertThat(scores(head, backbone, empty, items).get(0))
                  .containsExactly(new float[3], within(1e-5f));
              for (int label = 0; label < 3; label++) {
                assertThat((double) after[label])
                    .isCloseTo(Math.log(likely[label] / bias[label]), within(1e-5));
              }
            }
            assertThat(head.saved()).containsOnlyKeys("verbalizer.calibration");
            assertThatThrownBy(
                    () -> head.calibrate(Tensors.of(new float[] {Float.NaN, 0, 0}, 1, 3)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("calibration");
          }
        });
  }

  @Test
  void onlyACalibratedFormIsCalibrated() {
    Scope.run(
        () -> {
          try (FakeBackbone backbone = new FakeBackbone(false);
              Head head =
                  new VerbalizerHeadSpec(List.of(List.of(6), List.of(2)), false)
                      .create(backbone, RandomStream.of(1))) {
            List<Item> items = List.of(Item.of(HeadCase.row(3, 1)));
            Tensor states = RandomStream.of(5).gaussian(1, 1, 3, FakeBackbone.HIDDEN);
            float[] before = scores(head, backbone, states, items).get(0);
            head.calibrate(Tensors.of(new float[] {3, 0}, 1, 2));
            assertThat(scores(head, backbone, states, items).get(0)).isEqualTo(before);
            assertThat(head.saved()).isEmpty();
          }
        });
  }

  @Test
  void wordingsAreScoredByTheirOwnTokens() {
    List<Item> items =
        List.of(
            Item.ofWordings(
                List.of(HeadCase.row(3, 0), HeadCase.row(3, 0)),
                List.of(new int[] {0, 2}, new int[] {1}),
                List.of(new int[] {5, 1}, new int[] {3})));
    Scope.run(
        () -> {
          try (FakeBackbone backbone = new FakeBackbone(false);
              Head mean = new CandidateHeadSpec(Length.MEAN).create(backbone, RandomStream.of(1));
              Head sum = new CandidateHeadSpec(Length.SUM).create(backbone, RandomStream.of(1))) {
            Tensor states = RandomStream.of(5).gaussian(1, 2, 3, FakeBackbone.HIDDEN);
            float[] all = Tensors.floats(backbone.logits(states.reshape(6, FakeBackbone.HIDDEN)));
            double first = likely(all, 0, 5) + likely(all, 2, 1);
            double second = likely(all, 4, 3);
            assertThat(scores(sum, backbone, states, items).get(0))
                .containsExactly(new float[] {(float) first, (float) second}, within(1e-5f));
            assertThat(scores(mean, backbone, states, items).get(0))
                .containsExactly(new float[] {(float) first / 2, (float) second}, within(1e-5f));
          }
        });
  }

  /** A candidate without a mask would have the likelihood of an empty text. */
  @Test
  void candidatesWithoutMasksOrWordsAreRefused() {
    int[] none = new int[0];
    List<Item> incomplete =
        List.of(
            Item.ofCandidates(rows(2)),
            Item.ofWordings(rows(2), List.of(new int[] {1}, none), List.of(new int[] {3}, none)),
            new Item(rows(2), new int[2], new int[] {1, 1}, none, none, Optional.empty()));
    Scope.run(
        () -> {
          try (FakeBackbone backbone = new FakeBackbone(false);
              Head head = new CandidateHeadSpec(Length.MEAN).create(backbone, RandomStream.of(1))) {
            Tensor states = RandomStream.of(5).gaussian(1, 2, 3, FakeBackbone.HIDDEN);
            for (Item item : incomplete) {
              HeadInput input = new HeadInput(backbone, states, List.of(item), Dropout.off());
              assertThatThrownBy(() -> head.scores(input))
                  .isInstanceOf(IllegalArgumentException.class)
                  .hasMessage("each candidate needs masks and the words that they stand for");
            }
          }
        });
  }

  /** What is trained, saved and read; and that closing frees native memory. */
  @ParameterizedTest
  @MethodSource("cases")
  void headsOwnTheirWeightsAndNoOthers(HeadCase c) {
    Scope.run(
        () -> {
          try (FakeBackbone backbone = new FakeBackbone(true)) {
            Head head = c.head(backbone);
            List<String> trained = head.parameters().stream().map(Parameter::name).toList();
            List<String> ofModel = List.of("lm.weight", "lm.bias");
            if (c.spec().usesLanguageModel()) {
              assertThat(trained).isEqualTo(ofModel);
            } else {
              assertThat(trained).isNotEmpty().doesNotContainAnyElementsOf(ofModel);
            }
            assertThat(head.saved()).containsKeys(trained.toArray(String[]::new));
            boolean means =
                c.spec() instanceof LinearHeadSpec linear && linear.input() == SequenceInput.MEAN;
            boolean anchors = c.items().get(0).reads().length == 0 && !means;
            assertThat(head.reads()).isEqualTo(anchors ? Positions.ANCHOR : Positions.ALL);
            Map<String, Tensor> saved = head.saved();
            head.close();
            saved.forEach(
                (name, tensor) ->
                    assertThat(tensor.isNull()).as(name).isEqualTo(!ofModel.contains(name)));
          }
        });
  }

  @Test
  void targetsThatCannotBeAreRefused() {
    HeadSpec classes = LinearHeadSpec.sequence(2, SequenceInput.POOLER, 0);
    assertRefused(classes, HeadCase.choice(2), "target 2 is not a number from 0 to 1");
    assertRefused(classes, new Target.Value(1), "Value[value=1.0] where a Choice is needed");
    assertRefused(
        LinearHeadSpec.multiLabel(2, SequenceInput.POOLER, 0),
        HeadCase.labelSet(1),
        "target has 1 entries where 2 are needed");
    assertRefused(
        LinearHeadSpec.regression(SequenceInput.POOLER, 0),
        HeadCase.choice(1),
        "Choice[index=1] where a Value is needed");
    assertRefused(new TokenHeadSpec(2, 0), HeadCase.tags(0, 0), "2 entries where 1 are needed");
    assertRefused(new TokenHeadSpec(2, 0), HeadCase.tags(2), "2 is not a number from 0 to 1");
    assertRefused(new SpanHeadSpec(), HeadCase.span(0, 1), "1 is not a number from 0 to 0");
    List<Item> open = List.of(Item.of(HeadCase.row(1, 0)));
    assertThatThrownBy(() -> loss(classes, Tensors.of(new float[2], 1, 2), open))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("an item's target is not known where a Choice is needed");
  }

  private static void assertRefused(HeadSpec spec, Target target, String message) {
    Tensor scores = Tensors.of(new float[2], 1, 2);
    Item item = Item.ofTokens(HeadCase.row(1, 0), new int[1], new int[0]).withTarget(target);
    assertThatThrownBy(() -> loss(spec, scores, List.of(item)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  private static Item choice(int candidates, int right) {
    return Item.ofCandidates(rows(candidates)).withTarget(HeadCase.choice(right));
  }

  private static List<TokenRow> rows(int count) {
    return Stream.generate(() -> HeadCase.row(3, 0)).limit(count).toList();
  }

  /** The loss of given scores. */
  private static double loss(HeadSpec spec, Tensor scores, List<Item> items) {
    return Scope.run(
        () -> {
          try (FakeBackbone backbone = new FakeBackbone(false);
              Head head = spec.create(backbone, RandomStream.of(1))) {
            return (double) head.loss(scores, items).mean().item_float();
          }
        });
  }

  private static List<float[]> scores(
      Head head, FakeBackbone backbone, Tensor states, List<Item> items) {
    return head.split(head.scores(HeadCase.input(head, backbone, states, items)), items);
  }

  private static void assertEqual(List<float[]> actual, List<float[]> expected) {
    List<float[]> left = new ArrayList<>(actual);
    assertThat(left).hasSameSizeAs(expected);
    for (int i = 0; i < left.size(); i++) {
      assertThat(left.get(i)).isEqualTo(expected.get(i));
    }
  }

  private static double[] softmax(float[] logits) {
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit);
    }
    double[] shares = new double[logits.length];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = Math.exp(logits[i]) / sum;
    }
    return shares;
  }

  /** The log-probability of a word at a row of {@code [rows, VOCABULARY]} logits. */
  private static double likely(float[] logits, int row, int word) {
    double[] shares =
        softmax(
            Arrays.copyOfRange(
                logits, row * FakeBackbone.VOCABULARY, (row + 1) * FakeBackbone.VOCABULARY));
    return Math.log(shares[word]);
  }
}
