package org.ptuning4j.train.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.data.Percentage.withPercentage;
import static org.ptuning4j.Closeness.assertClose;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.KeysAndValues;
import org.ptuning4j.backbone.LayerPrefix;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.head.HeadInput;
import org.ptuning4j.head.Item;
import org.ptuning4j.prompt.form.DeepPrompt;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.prompt.module.PrefixEncoder;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/** What a model with a document says, and how far the model with a prompt is from that. */
class DocumentTeacherTest {

  private static final int[] DOCUMENT = {90, 17, 203, 41, 41, 118, 77, 260, 9, 150};
  private static final int PAD = 0;

  /** Three texts of different lengths, read before their last two, three and one tokens. */
  private static final List<Item> ITEMS =
      List.of(text(2, 30, 61, 120, 44), text(3, 200, 12, 13, 14, 15, 91), text(1, 7, 8, 33));

  private static Item text(int targets, int... ids) {
    int[] reads = IntStream.range(ids.length - targets - 1, ids.length - 1).toArray();
    return Item.ofTokens(
        TokenRow.of(ids, new int[ids.length]).withAnchor(ids.length - 1), reads, new int[0]);
  }

  private static Backbone load(String family) {
    return BackboneFamilies.standard()
        .load(ModelFolder.open(TinyModel.folder(family)), Engine.reference());
  }

  /** The states of one text that begins with the document, in one pass without a cache. */
  private static Tensor whole(Backbone backbone, Item item, int begin) {
    int[] own = item.rows().get(0).ids();
    int[] ids =
        IntStream.concat(IntStream.of(DOCUMENT), Arrays.stream(own, begin, own.length)).toArray();
    int[] reads = IntStream.of(item.reads()).map(read -> read - begin + DOCUMENT.length).toArray();
    TokenRow row = TokenRow.of(ids, new int[ids.length]);
    Tensor states =
        backbone
            .forward(
                TokenBatch.of(List.of(row), PAD),
                Injection.none(),
                ForwardOptions.evaluation(Positions.ALL))
            .lastHidden();
    Item text = Item.ofTokens(row, reads, new int[0]);
    return new HeadInput(backbone, states, List.of(text), Dropout.off()).reads();
  }

  /** Gemma's windows are of 6 tokens, fewer than the document has. */
  @ParameterizedTest
  @CsvSource({"gpt2, 1024", "llama, 3", "qwen3, 4", "gemma3, 3", "gemma3, 1024"})
  void theTeacherIsTheModelWithTheDocumentInItsContext(String family, int piece) {
    try (Backbone backbone = load(family);
        DocumentContext context = new DocumentContext(backbone, DOCUMENT, 1, PAD, piece)) {
      Scope.run(
          () -> {
            Tensor found = context.states(ITEMS);
            Tensor expected =
                Tensors.cat(
                    0, ITEMS.stream().map(item -> whole(backbone, item, 1)).toArray(Tensor[]::new));
            assertClose("states", found, expected, 1e-5, 1e-5);
            assertClose(
                "probabilities",
                backbone.languageModel().logits(found).softmax(1),
                backbone.languageModel().logits(expected).softmax(1),
                1e-6,
                1e-4);
          });
    }
  }

  @Test
  void softTokensAndWhatBeginsATextAreLeftOut() {
    try (Backbone backbone = load("gpt2");
        DocumentContext plain = new DocumentContext(backbone, DOCUMENT, 0, PAD);
        DocumentContext begins = new DocumentContext(backbone, DOCUMENT, 2, PAD)) {
      Item item = ITEMS.get(1).withPrefix(4);
      assertThat(plain.behindDocument(item).rows().get(0).ids())
          .containsExactly(200, 12, 13, 14, 15, 91);
      assertThat(plain.behindDocument(item).reads()).containsExactly(2, 3, 4);
      assertThat(begins.behindDocument(item).rows().get(0).ids()).containsExactly(13, 14, 15, 91);
      assertThat(begins.behindDocument(item).reads()).containsExactly(0, 1, 2);
      // The first place that is read stays: nothing else tells the first token of the target.
      assertThat(begins.behindDocument(text(2, 5, 6, 7)).rows().get(0).ids())
          .containsExactly(5, 6, 7);
    }
  }

  private static Tensor divergences(Backbone backbone, PrefixEncoder prompt, Tensor taught) {
    TokenBatch tokens = TokenBatch.of(ITEMS.stream().map(item -> item.rows().get(0)).toList(), PAD);
    Tensor states =
        backbone
            .forward(
                tokens,
                prompt.inject(tokens, Dropout.off()),
                ForwardOptions.evaluation(Positions.ALL))
            .lastHidden();
    Tensor read = new HeadInput(backbone, states, ITEMS, Dropout.off()).reads();
    return backbone.languageModel().divergences(read, taught);
  }

  private static PrefixEncoder prompt(Backbone backbone, Tensor matrix) {
    PTuningV2 method = PTuningV2.asPublished(Math.toIntExact(matrix.size(0)));
    return PrefixEncoder.of(
        method,
        backbone.spec(),
        backbone.engine(),
        Map.of("prefix_encoder.embedding.weight", matrix));
  }

  private static Tensor keysAndValues(Backbone backbone, int[] ids) {
    TokenRow row = TokenRow.of(ids, new int[ids.length]);
    Map<Integer, LayerPrefix> past =
        Autograd.withoutGraph(
            () ->
                backbone
                    .forward(
                        TokenBatch.of(List.of(row), PAD),
                        Injection.none(),
                        ForwardOptions.evaluation(Positions.ANCHOR).with(KeysAndValues.TEXT))
                    .past());
    return DeepPrompt.matrix(List.copyOf(new TreeMap<>(past).values()), 0);
  }

  /** Of P-Tuning v2's positions, behind the prompt, are those behind the document. */
  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "llama", "qwen3"})
  void nothingIsLeftToLearnWhereThePromptIsTheDocument(String family) {
    try (Backbone backbone = load(family);
        DocumentContext context = new DocumentContext(backbone, DOCUMENT, 0, PAD)) {
      Scope.run(
          () -> {
            Tensor taught = context.states(ITEMS);
            try (PrefixEncoder same = prompt(backbone, keysAndValues(backbone, DOCUMENT));
                PrefixEncoder half =
                    prompt(backbone, keysAndValues(backbone, Arrays.copyOf(DOCUMENT, 5)))) {
              Tensor none = divergences(backbone, same, taught);
              Tensor some = divergences(backbone, half, taught);
              none.select(1, 0).sum().backward();
              some.select(1, 0).sum().backward();

              assertThat(Tensors.floats(none.select(1, 0).abs().max())[0]).isLessThan(1e-6f);
              assertThat(Tensors.floats(none.select(1, 1).min())[0]).isGreaterThan(1 - 1e-4f);
              assertThat(Tensors.floats(some.select(1, 0).min())[0]).isGreaterThan(1e-5f);
              assertThat(largest(same)).isLessThan(1e-3f * largest(half));
            }
          });
    }
  }

  private static float largest(PrefixEncoder prompt) {
    Tensor gradient = prompt.parameters().get(0).tensor().mutable_grad();
    return Tensors.floats(gradient.abs().max())[0];
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "llama"})
  void gradientsAreThoseOfFiniteDifferences(String family) {
    try (Backbone backbone = load(family);
        DocumentContext context = new DocumentContext(backbone, DOCUMENT, 0, PAD)) {
      Scope.run(
          () -> {
            Tensor taught = context.states(ITEMS);
            Tensor start = keysAndValues(backbone, Arrays.copyOf(DOCUMENT, 4)).mul(new Scalar(2));
            Tensor weights = Tensors.of(new float[] {1, -2, 0.5f, 3, 1, 2}, 6);
            Function<Tensor, Tensor> loss =
                values -> {
                  try (PrefixEncoder moved = prompt(backbone, values)) {
                    return divergences(backbone, moved, taught).select(1, 0).mul(weights).sum();
                  }
                };
            try (PrefixEncoder prompt = prompt(backbone, start)) {
              divergences(backbone, prompt, taught).select(1, 0).mul(weights).sum().backward();
              Tensor gradient = prompt.parameters().get(0).tensor().mutable_grad();
              Tensor direction = gradient.div(gradient.norm());
              Scalar step = new Scalar(2e-2);
              double up =
                  Autograd.withoutGraph(
                      () -> loss.apply(start.add(direction.mul(step))).item_double());
              double down =
                  Autograd.withoutGraph(
                      () -> loss.apply(start.sub(direction.mul(step))).item_double());
              double length = gradient.norm().item_double();
              assertThat((up - down) / 4e-2).isCloseTo(length, withPercentage(1));
            }
          });
    }
  }

  /** States that are kept, and those that are computed with each batch, some rows at a time. */
  @Test
  void keptStatesAreThoseComputedAgain() {
    try (Backbone backbone = load("llama");
        DocumentTeacher kept = new DocumentTeacher(backbone, DOCUMENT, 0, PAD);
        DocumentTeacher again = new DocumentTeacher(backbone, DOCUMENT, 0, PAD)) {
      Preparation done =
          kept.prepare("toy", ITEMS, ITEMS.subList(1, 3), 2, new MemoryStates(backbone.engine()));
      Preparation refused =
          again.prepare("toy", ITEMS, ITEMS, 2, new MemoryStates(backbone.engine(), 100));
      Scope.run(
          () -> {
            int[] rows = {2, 0};
            List<Item> items = List.of(ITEMS.get(2), ITEMS.get(0));
            Tensor states = states(backbone);
            HeadInput student = new HeadInput(backbone, states, items, Dropout.off());
            HeadInput one =
                new HeadInput(backbone, states.narrow(0, 0, 1), items.subList(0, 1), Dropout.off());
            assertClose(
                "training",
                kept.ofTraining(student, rows),
                again.ofTraining(student, rows),
                1e-5,
                1e-5);
            Tensor first = again.ofTraining(student, rows).select(0, 0);
            float[][] scores = {{9}, {8, 7}}; // what a head says of two evaluation rows
            assertThat(kept.evaluate(one, new int[] {1}, scores))
                .isCloseTo(Tensors.floats(first)[0], within(1e-5));
            assertThat(scores[1]).hasSize(3).startsWith(8, 7);
            assertThat(scores[1][2]).isCloseTo(Tensors.floats(first)[1], within(1e-5f));
            scores[0] = new float[] {9, 0.2f, 0.3f, 0.4f};
            double mean = (0.9 + scores[1][2]) / 4;
            assertThat(kept.takeAgreement(scores)).isCloseTo(mean, within(1e-6));
            assertThat(scores).isDeepEqualTo(new float[][] {{9}, {8, 7}});
          });
      assertThat(done.kept()).hasSize(2);
      assertThat(done.bytes()).isEqualTo((6 + 4) * 4L * backbone.spec().hidden());
      assertThat(refused.kept()).isEmpty();
      assertThat(refused.refusals()).hasSize(2).allMatch(why -> why.contains("the document"));
    }
  }

  private static Tensor states(Backbone backbone) {
    List<TokenRow> rows = List.of(ITEMS.get(2).rows().get(0), ITEMS.get(0).rows().get(0));
    return Autograd.withoutGraph(
        () ->
            backbone
                .forward(
                    TokenBatch.of(rows, PAD),
                    Injection.none(),
                    ForwardOptions.evaluation(Positions.ALL))
                .lastHidden());
  }

  @Test
  void withoutAPlaceNothingIsKept() {
    try (Backbone backbone = load("gpt2");
        DocumentTeacher teacher = new DocumentTeacher(backbone, DOCUMENT, 0, PAD)) {
      assertThat(teacher.prepare("toy", ITEMS, ITEMS, 3, StateStore.none()))
          .isEqualTo(Preparation.NONE);
    }
  }
}
