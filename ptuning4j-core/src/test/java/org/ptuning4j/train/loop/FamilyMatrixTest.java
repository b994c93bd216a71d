package org.ptuning4j.train.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.ptuning4j.Closeness.assertClose;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.TinyFamily;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.head.Head;
import org.ptuning4j.head.HeadInput;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.SequenceInput;
import org.ptuning4j.head.TagHead;
import org.ptuning4j.head.Target;
import org.ptuning4j.head.linear.LinearHeadSpec;
import org.ptuning4j.head.linear.SpanHeadSpec;
import org.ptuning4j.head.linear.TokenHeadSpec;
import org.ptuning4j.prompt.PromptContext;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.prompt.PromptVocabulary;
import org.ptuning4j.prompt.form.MixedPrompts;
import org.ptuning4j.prompt.form.TrainedPrompt;
import org.ptuning4j.prompt.initialisation.SoftTokenInitialisation;
import org.ptuning4j.prompt.method.PTuning;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.prompt.method.PromptTuning;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;

/**
 * Every family with every kind of prompt and head: prompt and head alone overfit a few rows, their
 * gradients are those of finite differences, and rows with different prompts are in one batch what
 * they are alone. Every family meets each kind of prompt with one kind of head, such that all three
 * kinds come up with each other; in CI it meets all pairs.
 */
class FamilyMatrixTest {

  private static final int PAD = 0;
  private static final int LENGTH = 3;

  @TempDir static Path temp;

  private static final List<Backbone> BACKBONES = new ArrayList<>();

  @BeforeAll
  static void load() {
    TinyFamily.all().forEach(family -> BACKBONES.add(family.load(temp)));
  }

  @AfterAll
  static void close() {
    BACKBONES.forEach(Backbone::close);
    BACKBONES.clear();
  }

  private static final List<PromptMethod> METHODS =
      List.of(
          PTuningV2.asPublished(LENGTH),
          new PromptTuning(LENGTH, SoftTokenInitialisation.uniform()),
          PTuning.ofLength(LENGTH));

  /** A head with rows to learn by heart. */
  private record Lesson(String name, HeadSpec spec, List<Item> items) {

    /** The same items read where a model's whole sequences are. */
    Lesson of(Backbone backbone) {
      return new Lesson(
          name,
          spec,
          items.stream()
              .map(
                  item ->
                      new Item(
                          item.rows().stream().map(row -> summarised(row, backbone)).toList(),
                          item.reads(),
                          item.counts(),
                          item.words(),
                          item.notes(),
                          item.target()))
              .toList());
    }
  }

  private static TokenRow summarised(TokenRow row, Backbone backbone) {
    return row.withAnchor(backbone.spec().direction().summary(row.length()));
  }

  private static List<Lesson> lessons(Backbone backbone) {
    SequenceInput input = SequenceInput.byDefault(backbone.spec());
    return List.of(
        new Lesson(
            "sequence",
            LinearHeadSpec.sequence(3, input, 0),
            items(6, 1, false, i -> new Target.Choice(i % 3))),
        new Lesson(
            "token", new TokenHeadSpec(3, 0), items(4, 1, true, i -> new Target.Tags(tags(i)))),
        new Lesson(
            "crf",
            new TokenHeadSpec(3, 0, TagHead.CRF),
            items(4, 1, true, i -> new Target.Tags(tags(i)))),
        new Lesson(
            "span",
            new SpanHeadSpec(),
            items(
                4,
                1,
                true,
                i -> new Target.Span(OptionalInt.of(i % 3), OptionalInt.of(2 + i % 3)))),
        new Lesson(
            "choice",
            LinearHeadSpec.choice(input, 0),
            items(4, 2, false, i -> new Target.Choice(i % 2))));
  }

  private static List<OptionalInt> tags(int item) {
    return IntStream.range(0, 5).mapToObj(i -> OptionalInt.of((item + i) % 3)).toList();
  }

  private static List<Item> items(int count, int rows, boolean tokens, IntFunction<Target> target) {
    RandomStream random = RandomStream.of(5);
    List<Item> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<TokenRow> made =
          IntStream.range(0, rows).mapToObj(row -> row(random, 6 + random.nextInt(6))).toList();
      Item item =
          tokens
              ? Item.ofTokens(made.get(0), new int[] {1, 2, 3, 4, 5}, new int[0])
              : Item.ofCandidates(made);
      items.add(item.withTarget(target.apply(i)));
    }
    return items;
  }

  private static TokenRow row(RandomStream random, int length) {
    int[] ids = new int[length];
    Arrays.setAll(ids, i -> 10 + random.nextInt(TinyFamily.VOCABULARY - 10));
    return TokenRow.of(ids, new int[length]);
  }

  private static Stream<DynamicTest> everyCell(Cell.Check check) {
    List<DynamicTest> tests = new ArrayList<>();
    for (Backbone backbone : BACKBONES) {
      for (PromptMethod method : METHODS) {
        for (Lesson lesson : lessons(backbone)) {
          tests.add(cell(backbone, method, lesson, check));
        }
      }
    }
    assertThat(tests).hasSizeGreaterThanOrEqualTo(12 * 6);
    return tests.stream();
  }

  /** Each family and method with the next head. */
  private static Stream<DynamicTest> someCells(Cell.Check check) {
    List<DynamicTest> tests = new ArrayList<>();
    for (int family = 0; family < BACKBONES.size(); family++) {
      Backbone backbone = BACKBONES.get(family);
      List<Lesson> lessons = lessons(backbone);
      for (int method = 0; method < METHODS.size(); method++) {
        Lesson lesson = lessons.get((family + method) % lessons.size());
        tests.add(cell(backbone, METHODS.get(method), lesson, check));
      }
    }
    assertThat(tests).hasSizeGreaterThanOrEqualTo(3 * 6);
    return tests.stream();
  }

  private static DynamicTest cell(
      Backbone backbone, PromptMethod method, Lesson lesson, Cell.Check check) {
    return DynamicTest.dynamicTest(
        backbone.spec().modelType() + ", " + method.name() + ", " + lesson.name(),
        () -> {
          try (Cell cell = new Cell(backbone, method, lesson.of(backbone))) {
            check.of(cell);
          }
        });
  }

  /** One combination, in training. */
  private static final class Cell implements AutoCloseable {

    interface Check {
      void of(Cell cell);
    }

    private final Backbone backbone;
    private final PromptModule prompt;
    private final Head head;
    private final List<Item> items;
    private final List<Parameter> parameters = new ArrayList<>();

    Cell(Backbone backbone, PromptMethod method, Lesson lesson) {
      this.backbone = backbone;
      this.prompt = prompt(lesson.spec().passed(backbone.spec()), backbone, method, 3);
      this.head = lesson.spec().create(backbone, RandomStream.of(4));
      this.items =
          lesson.items().stream().map(item -> item.withPrefix(method.inputTokens())).toList();
      parameters.addAll(prompt.parameters());
      parameters.addAll(head.parameters());
    }

    Tensor loss() {
      TokenBatch tokens = batch(items);
      Injection injection = prompt.inject(tokens, Dropout.off());
      Tensor states =
          backbone.forward(tokens, injection, ForwardOptions.evaluation(head.reads())).lastHidden();
      return head.loss(head.scores(new HeadInput(backbone, states, items, Dropout.off())), items)
          .mean();
    }

    double value() {
      return Scope.run(() -> loss().item_double());
    }

    void overfit() {
      double before = value();
      try (AdamW optimiser = new AdamW(parameters, AdamW.Settings.of(0))) {
        double loss = before;
        for (int step = 0; step < 120 && loss > 0.1; step++) {
          optimiser.zeroGradients();
          loss =
              Scope.run(
                  () -> {
                    Tensor found = loss();
                    found.backward();
                    return found.item_double();
                  });
          optimiser.step(0.03, 1);
        }
        assertThat(loss).as("loss that began at " + before).isLessThan(0.1);
      }
      assertThat(backbone.parameters()).isEmpty();
    }

    /** Along the gradient the loss rises by the gradient's norm; for prompt and head apart. */
    void compareGradients() {
      Scope.run(() -> loss().backward());
      for (List<Parameter> each : List.of(prompt.parameters(), head.parameters())) {
        double norm = Scope.run(() -> norm(each));
        assertThat(norm).as("norm of the gradient of " + names(each)).isGreaterThan(1e-3);
        double step = 1e-2;
        double slope = (moved(each, step / norm) - moved(each, -step / norm)) / (2 * step);
        assertThat(slope).as(names(each)).isCloseTo(norm, within(1e-3 + 0.03 * norm));
      }
    }

    private static String names(List<Parameter> parameters) {
      return parameters.stream().map(Parameter::name).toList().toString();
    }

    private static double norm(List<Parameter> parameters) {
      return Math.sqrt(
          parameters.stream()
              .mapToDouble(each -> Math.pow(each.tensor().grad().norm().item_double(), 2))
              .sum());
    }

    /** The loss with some parameters moved along their gradients. */
    private double moved(List<Parameter> parameters, double by) {
      move(parameters, by);
      double value = value();
      move(parameters, -by);
      return value;
    }

    private static void move(List<Parameter> parameters, double by) {
      Autograd.withoutGraph(
          () ->
              Scope.run(
                  () ->
                      parameters.forEach(
                          each -> each.tensor().add_(each.tensor().grad().mul(new Scalar(by))))));
    }

    @Override
    public void close() {
      prompt.close();
      head.close();
    }
  }

  private static TokenBatch batch(List<Item> items) {
    return TokenBatch.of(items.stream().flatMap(item -> item.rows().stream()).toList(), PAD);
  }

  private static PromptModule prompt(
      BackboneSpec spec, Backbone backbone, PromptMethod method, long seed) {
    return method.create(
        new PromptContext(spec, backbone.engine(), RandomStream.of(seed), vocabulary(backbone)));
  }

  private static PromptVocabulary vocabulary(Backbone backbone) {
    return new PromptVocabulary() {
      @Override
      public int size() {
        return backbone.spec().vocabulary();
      }

      @Override
      public int[] ids(String text) {
        throw new UnsupportedOperationException(text);
      }

      @Override
      public OptionalInt id(String token) {
        return OptionalInt.empty();
      }

      @Override
      public Tensor vectors(int[] ids) {
        return backbone.wordVectors(ids);
      }
    };
  }

  @TestFactory
  Stream<DynamicTest> promptAndHeadAloneOverfit() {
    return someCells(Cell::overfit);
  }

  @Tag("ci")
  @TestFactory
  Stream<DynamicTest> promptAndHeadAloneOverfitInEveryCell() {
    return everyCell(Cell::overfit);
  }

  @TestFactory
  Stream<DynamicTest> gradientsAreThoseOfFiniteDifferences() {
    return someCells(Cell::compareGradients);
  }

  @Tag("ci")
  @TestFactory
  Stream<DynamicTest> gradientsAreThoseOfFiniteDifferencesInEveryCell() {
    return everyCell(Cell::compareGradients);
  }

  @TestFactory
  Stream<DynamicTest> rowsOfOneBatchWithDifferentPromptsAreAsTheyAreAlone() {
    return BACKBONES.stream()
        .map(
            backbone ->
                DynamicTest.dynamicTest(
                    backbone.spec().modelType(), () -> Scope.run(() -> mixed(backbone))));
  }

  private static void mixed(Backbone backbone) {
    RandomStream random = RandomStream.of(9);
    List<Optional<TrainedPrompt>> prompts = new ArrayList<>();
    List<TokenRow> rows = new ArrayList<>();
    prompts.add(Optional.empty());
    rows.add(row(random, 5));
    List<PromptMethod> methods = new ArrayList<>(METHODS);
    methods.add(PTuningV2.asPublished(5));
    for (PromptMethod method : methods) {
      try (PromptModule module = prompt(backbone.spec(), backbone, method, 7)) {
        prompts.add(module.flatten());
      }
      rows.add(row(random, 4 + random.nextInt(14)).withPrefix(method.inputTokens()));
    }
    MixedPrompts mixed = new MixedPrompts(backbone.spec(), backbone.engine());
    Tensor together = states(backbone, mixed, rows, prompts);
    for (int row = 0; row < rows.size(); row++) {
      Tensor alone =
          states(backbone, mixed, rows.subList(row, row + 1), prompts.subList(row, row + 1));
      assertClose(
          "row " + row,
          together.select(0, row).narrow(0, 0, alone.size(1)),
          alone.select(0, 0),
          1e-4,
          0);
      List<TokenRow> padded = List.of(rows.get(row), row(random, 30));
      List<Optional<TrainedPrompt>> beside = List.of(prompts.get(row), Optional.empty());
      assertClose(
          "padded row " + row,
          states(backbone, mixed, padded, beside).select(0, 0).narrow(0, 0, alone.size(1)),
          alone.select(0, 0),
          1e-4,
          0);
    }
    prompts.forEach(prompt -> prompt.ifPresent(TrainedPrompt::close));
  }

  private static Tensor states(
      Backbone backbone,
      MixedPrompts mixed,
      List<TokenRow> rows,
      List<Optional<TrainedPrompt>> prompts) {
    TokenBatch tokens = TokenBatch.of(rows, PAD);
    return backbone
        .forward(tokens, mixed.inject(tokens, prompts), ForwardOptions.evaluation(Positions.ALL))
        .lastHidden();
  }

  /** Positions that a batch gives are those that are counted, and a row is told from its mirror. */
  @TestFactory
  Stream<DynamicTest> theOrderOfWordsCounts() {
    return BACKBONES.stream()
        .map(
            backbone ->
                DynamicTest.dynamicTest(
                    backbone.spec().modelType(),
                    () ->
                        Scope.run(
                            () -> {
                              TokenRow row = row(RandomStream.of(2), 9);
                              int[] swapped = row.ids().clone();
                              swapped[3] = row.ids()[6];
                              swapped[6] = row.ids()[3];
                              Tensor plain = read(backbone, row);
                              Tensor other = read(backbone, TokenRow.of(swapped, new int[9]));
                              double moved = plain.sub(other).abs().max().item_double();
                              assertThat(moved).isGreaterThan(1e-3);
                            })));
  }

  private static Tensor read(Backbone backbone, TokenRow row) {
    return backbone
        .forward(
            TokenBatch.of(List.of(summarised(row, backbone)), PAD),
            Injection.none(),
            ForwardOptions.evaluation(Positions.ANCHOR))
        .first();
  }
}
