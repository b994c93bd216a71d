package org.ptuning4j.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.TinyFamily;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BlankFilling;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.head.vocabulary.CandidateHeadSpec;
import org.ptuning4j.head.vocabulary.LanguageModelHeadSpec;
import org.ptuning4j.head.vocabulary.VerbalizerHeadSpec;
import org.ptuning4j.head.vocabulary.VocabularyHeadSpec;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.prompt.initialisation.SoftTokenInitialisation;
import org.ptuning4j.prompt.method.PTuning;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.prompt.method.PrefixTuning;
import org.ptuning4j.prompt.method.PromptTuning;
import org.ptuning4j.prompt.method.SmallMethods;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Recomputation;
import org.ptuning4j.tensor.Scope;

/**
 * Gradients of prompts through what fills blanks, with each head over words, are those of finite
 * differences, and as much where layers are computed twice.
 */
class BlankGradientsTest {

  private static final int LENGTH = 3;

  private static final List<PromptMethod> METHODS =
      List.of(
          PTuningV2.asPublished(LENGTH),
          PrefixTuning.ofLength(LENGTH),
          new PromptTuning(LENGTH, SoftTokenInitialisation.uniform()),
          PTuning.ofLength(LENGTH));

  @TempDir static Path temp;

  private static Backbone backbone;

  @BeforeAll
  static void load() {
    backbone = new TinyFamily("glm").load(temp);
  }

  @AfterAll
  static void close() {
    backbone.close();
  }

  private static TokenRow row(BlankFilling filling, int... ids) {
    return TokenRow.of(ids, new int[ids.length]).withFilling(filling).withAnchor(filling.start());
  }

  /** A head with what it is trained on. */
  private record Lesson(HeadSpec spec, List<Item> items) {}

  private static List<Lesson> lessons() {
    TokenRow one = row(new BlankFilling(5, 2), 5, 31, 7, 33, 6, 8);
    TokenRow other = row(new BlankFilling(3, 1), 5, 7, 6, 8);
    TokenRow longer = row(new BlankFilling(5, 2), 5, 31, 7, 33, 6, 8, 51, 52);
    List<OptionalInt> right = List.of(OptionalInt.of(51), OptionalInt.of(52), OptionalInt.of(9));
    return List.of(
        new Lesson(
            new VerbalizerHeadSpec(List.of(List.of(51), List.of(52)), false),
            List.of(
                Item.of(one).withTarget(new Target.Choice(1)),
                Item.of(other).withTarget(new Target.Choice(0)))),
        new Lesson(
            new VocabularyHeadSpec(List.of()),
            List.of(
                Item.of(one).withTarget(new Target.Choice(60)),
                Item.of(other).withTarget(new Target.Choice(61)))),
        new Lesson(
            new CandidateHeadSpec(CandidateHeadSpec.Length.SUM),
            List.of(
                Item.ofWordings(
                        List.of(longer, one),
                        List.of(new int[] {5, 6, 7}, new int[] {5}),
                        List.of(new int[] {51, 52, 53}, new int[] {60}))
                    .withTarget(new Target.Choice(0)))),
        new Lesson(
            new LanguageModelHeadSpec(),
            List.of(
                Item.ofTokens(longer, new int[] {5, 6, 7}, new int[0])
                    .withTarget(new Target.Tags(right)))));
  }

  @TestFactory
  Stream<DynamicTest> gradientsAreThoseOfFiniteDifferences() {
    List<DynamicTest> tests = new ArrayList<>();
    for (PromptMethod method : METHODS) {
      for (Lesson lesson : lessons()) {
        tests.add(
            DynamicTest.dynamicTest(
                method.name() + ", " + lesson.spec().kind(), () -> compare(method, lesson)));
      }
    }
    return tests.stream();
  }

  private static void compare(PromptMethod method, Lesson lesson) {
    try (PromptModule prompt =
            method.create(SmallMethods.context(backbone.spec(), backbone.engine(), 3));
        Head head = lesson.spec().create(backbone, RandomStream.of(4))) {
      List<Item> items =
          lesson.items().stream().map(item -> item.withPrefix(method.inputTokens())).toList();
      List<Parameter> parameters = prompt.parameters();
      double once = gradients(prompt, head, items, false);
      assertThat(once).isGreaterThan(1e-3);
      double step = 1e-2;
      move(parameters, step / once);
      double up = value(prompt, head, items);
      move(parameters, -2 * step / once);
      double down = value(prompt, head, items);
      move(parameters, step / once);
      assertThat((up - down) / (2 * step)).isCloseTo(once, within(1e-3 + 0.03 * once));
      parameters.forEach(each -> Scope.run(() -> each.tensor().grad().zero_()));
      assertThat(gradients(prompt, head, items, true)).isCloseTo(once, within(1e-5 * once));
    }
  }

  private static double gradients(PromptModule prompt, Head head, List<Item> items, boolean twice) {
    if (twice) {
      try (Recomputation tape = new Recomputation()) {
        Scope.run(
            () -> tape.backward(loss(prompt, head, items, Optional.of(tape)), prompt.parameters()));
      }
    } else {
      Scope.run(() -> loss(prompt, head, items, Optional.empty()).backward());
    }
    return Scope.run(
        () ->
            Math.sqrt(
                prompt.parameters().stream()
                    .mapToDouble(each -> Math.pow(each.tensor().grad().norm().item_double(), 2))
                    .sum()));
  }

  private static double value(PromptModule prompt, Head head, List<Item> items) {
    return Scope.run(() -> loss(prompt, head, items, Optional.empty()).item_double());
  }

  private static Tensor loss(
      PromptModule prompt, Head head, List<Item> items, Optional<Recomputation> tape) {
    TokenBatch tokens =
        TokenBatch.of(items.stream().flatMap(item -> item.rows().stream()).toList(), 0);
    ForwardOptions options = ForwardOptions.evaluation(head.reads());
    Tensor states =
        backbone
            .forward(
                tokens,
                prompt.inject(tokens, Dropout.off()),
                tape.map(options::recomputing).orElse(options))
            .lastHidden();
    return head.loss(head.scores(new HeadInput(backbone, states, items, Dropout.off())), items)
        .mean();
  }

  private static void move(List<Parameter> parameters, double by) {
    Autograd.withoutGraph(
        () ->
            Scope.run(
                () ->
                    parameters.forEach(
                        each -> each.tensor().add_(each.tensor().grad().mul(new Scalar(by))))));
  }
}
