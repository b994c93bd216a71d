package org.ptuning4j.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ptuning4j.Closeness.assertClose;

import java.nio.file.Path;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.TinyFamily;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.KernelPlan;
import org.ptuning4j.tensor.engine.Precision;

/** Scores of all words, some words and single words say the same, in fp32 and in bf16. */
class WordScoresTest {

  @TempDir Path temp;

  private Backbone load(String type, int vocabulary, Precision precision) {
    TinyFamily family = new TinyFamily(type);
    ModelFolder folder =
        family.write(temp, family.configuration().replace("470", String.valueOf(vocabulary)));
    return BackboneFamilies.standard().load(folder, Engine.recorded(precision, KernelPlan.plain()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "llama", "bert"})
  void inBf16TheLikeliestWordsHaveTheScoresOfFp32(String type) {
    try (Backbone backbone = load(type, 470, Precision.BF16)) {
      Scope.run(
          () -> {
            Tensor states = RandomStream.of(5).gaussian(1, 40, TinyFamily.HIDDEN);
            LanguageModel head = backbone.languageModel();
            Tensor all = Autograd.inference(() -> head.logits(states));
            Tensor exact = head.logits(states, IntStream.range(0, 470).toArray());
            Tensor best = all.topk(8).get1(); // rounding may move what is near the sixteenth
            assertClose("the best", all.gather(1, best), exact.gather(1, best), 1e-5, 1e-5);
            assertClose("the others", all, exact, 1e-1, 1e-2);
            assertThat(all.equal(exact)).as("the others are those of bf16").isFalse();
            assertThat(
                    torch
                        .argmax(all, new LongOptional(1), false)
                        .equal(torch.argmax(exact, new LongOptional(1), false)))
                .isTrue();
          });
    }
  }

  /**
   * At 140,000 words 29 places make a block. Values, and gradients of a weighted sum of them, by
   * the scores of all words.
   */
  @ParameterizedTest
  @CsvSource({"gpt2, 470, 5", "llama, 470, 5", "gpt2, 140000, 60", "bert, 470, 9"})
  void likelihoodsAreThoseOfAllWordsAndSoAreTheirGradients(
      String type, int vocabulary, int places) {
    try (Backbone backbone = load(type, vocabulary, Precision.FP32)) {
      Scope.run(
          () -> {
            RandomStream random = RandomStream.of(5);
            LanguageModel head = backbone.languageModel();
            Tensor weights = random.gaussian(1, places);
            Tensor values = random.gaussian(1, places, TinyFamily.HIDDEN);
            int[] words = IntStream.range(0, places).map(i -> i * 531 % vocabulary).toArray();
            Tensor index = Tensors.of(IntStream.of(words).asLongStream().toArray(), places, 1);

            Tensor one = values.clone().requires_grad_(true);
            Tensor logits = head.logits(one);
            Tensor expected = torch.log_softmax(logits, 1).gather(1, index).squeeze(1);
            expected.mul(weights).sum().backward();
            Tensor other = values.clone().requires_grad_(true);
            Tensor found = head.likelihoods(other, words);
            found.select(1, 0).mul(weights).sum().backward();

            assertClose("ln p", found.select(1, 0), expected, 1e-4, 1e-5);
            assertClose("gradients", other.mutable_grad(), one.mutable_grad(), 1e-5, 1e-4);
            Tensor hits =
                torch
                    .argmax(logits, new LongOptional(1), false)
                    .eq(index.squeeze(1))
                    .to(torch.ScalarType.Float);
            assertThat(found.select(1, 1).equal(hits)).isTrue();
            Tensor unwatched = Autograd.inference(() -> head.likelihoods(values, words));
            assertClose("without a graph", unwatched.select(1, 0), expected, 1e-4, 1e-5);
          });
    }
  }

  /** Values and gradients by the probabilities of all words; the last places are equal. */
  @ParameterizedTest
  @CsvSource({"gpt2, 470, 5", "llama, 470, 5", "gpt2, 140000, 60"})
  void divergencesAreThoseOfAllWordsAndSoAreTheirGradients(
      String type, int vocabulary, int places) {
    try (Backbone backbone = load(type, vocabulary, Precision.FP32)) {
      Scope.run(
          () -> {
            RandomStream random = RandomStream.of(5);
            LanguageModel head = backbone.languageModel();
            Tensor weights = random.gaussian(1, places);
            Tensor values = random.gaussian(1, places, TinyFamily.HIDDEN);
            Tensor others = random.gaussian(1, places, TinyFamily.HIDDEN);
            others.select(0, places - 1).copy_(values.select(0, places - 1));

            Tensor one = values.clone().requires_grad_(true);
            Tensor own = torch.log_softmax(head.logits(one), 1);
            Tensor other = torch.log_softmax(head.logits(others), 1);
            Tensor expected = other.exp().mul(other.sub(own)).sum(1);
            expected.mul(weights).sum().backward();
            Tensor two = values.clone().requires_grad_(true);
            Tensor found = head.divergences(two, others);
            found.select(1, 0).mul(weights).sum().backward();

            assertClose("KL", found.select(1, 0), expected, 1e-5, 1e-4);
            assertClose("gradients", two.mutable_grad(), one.mutable_grad(), 1e-5, 1e-4);
            Tensor apart = own.exp().sub(other.exp()).abs().sum(1); // twice the total variation
            Tensor common = apart.mul(new Scalar(-0.5)).add(new Scalar(1));
            assertClose("in common", found.select(1, 1), common, 1e-5, 1e-5);
            assertThat(found.select(1, 0).select(0, places - 1).item_double()).isLessThan(1e-6);
            Tensor unwatched = Autograd.inference(() -> head.divergences(values, others));
            assertClose("without a graph", unwatched.select(1, 0), expected, 1e-5, 1e-4);
          });
    }
  }

  @Test
  void theLikeliestWordIsAHit() {
    try (Backbone backbone = load("gpt2", 470, Precision.FP32)) {
      Scope.run(
          () -> {
            Tensor states = RandomStream.of(5).gaussian(1, 6, TinyFamily.HIDDEN);
            LanguageModel head = backbone.languageModel();
            long[] best =
                Tensors.longs(torch.argmax(head.logits(states), new LongOptional(1), false));
            int[] words = IntStream.range(0, 6).map(i -> (int) best[i]).toArray();
            words[3] = (words[3] + 1) % 470;
            assertThat(Tensors.floats(head.likelihoods(states, words).select(1, 1)))
                .containsExactly(1, 1, 1, 0, 1, 1);
          });
    }
  }

  @Test
  void aTrainedMatrixGetsItsGradient() {
    TinyFamily family = new TinyFamily("gpt2");
    try (Backbone backbone =
        BackboneFamilies.standard().loadTrainable(family.write(temp), Engine.reference())) {
      Scope.run(
          () -> {
            Tensor states = RandomStream.of(5).gaussian(1, 3, TinyFamily.HIDDEN);
            Tensor table = backbone.parameters().get(0).tensor();
            LanguageModel head = backbone.languageModel();
            head.likelihoods(states, new int[] {4, 5, 6}).select(1, 0).sum().backward();
            Tensor gradient = table.mutable_grad().clone();
            table.mutable_grad().mul_(new Scalar(0));
            Tensor index = Tensors.of(new long[] {4, 5, 6}, 3, 1);
            torch.log_softmax(head.logits(states), 1).gather(1, index).sum().backward();
            assertClose("gradient", gradient, table.mutable_grad(), 1e-5, 1e-5);
          });
    }
  }
}
