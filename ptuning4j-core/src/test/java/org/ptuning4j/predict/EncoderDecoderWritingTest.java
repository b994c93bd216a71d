package org.ptuning4j.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.ptuning4j.GoldenSet;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyModel;
import org.ptuning4j.generate.Continuation;
import org.ptuning4j.generate.Ending;
import org.ptuning4j.generate.GenerationSettings;
import org.ptuning4j.generate.TextListener;
import org.ptuning4j.task.generation.GeneratedAnswer;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.text.TextTokenizer;

/**
 * What an encoder–decoder writes of texts is what another implementation writes of their tokens.
 */
class EncoderDecoderWritingTest {

  private static final Path MODEL = GoldenSet.folder().resolve("t5").resolve("model");

  /** The first and third source of the golden case, whose tokens are these texts'. */
  private static final List<String> SOURCES = List.of("It's rain", "The m");

  private static final List<String> WRITTEN =
      List.of("T\u6211\u043d\u043d\u043d\u043d\u043d\u043d\u043d\u043d", "T T T T T T T T T T");

  @Test
  void theLikeliestTokensAreWrittenAloneAndInABatch() {
    GenerationSettings settings = GenerationSettings.greedy().withMaxNewTokens(10);
    try (Generator generator = Generator.open(MODEL, Precision.FP32)) {
      for (int i = 0; i < SOURCES.size(); i++) {
        assertThat(generator.generate(SOURCES.get(i), settings).text()).isEqualTo(WRITTEN.get(i));
      }
      List<Outcome> together =
          generator.generate(
              SOURCES.stream().map(Generator::plain).toList(), settings, TextListener.NONE);
      for (int i = 0; i < SOURCES.size(); i++) {
        GeneratedAnswer answer = (GeneratedAnswer) together.get(i).orElseThrow();
        assertThat(answer.continuations().get(0).text()).isEqualTo(WRITTEN.get(i));
      }
    }
  }

  /**
   * The name of a special token stands for the token, which no text has: with it a span ends at the
   * sentinel that follows it. Of texts that a random model draws, some have the sentinel.
   */
  @Test
  void aSentinelEndsWhatIsWritten() {
    GenerationSettings drawn =
        GenerationSettings.sampled(1.5, 3).withSequences(64).withMaxNewTokens(40);
    try (Generator generator = Generator.open(MODEL, Precision.FP32);
        TextTokenizer tokenizer = TextTokenizer.open(MODEL)) {
      int sentinel = tokenizer.tokenId("<extra_id_1>").getAsInt();
      Request request = Generator.plain("I <extra_id_0> it");
      List<Continuation> whole = generator.generate(request, drawn, TextListener.NONE);
      List<Continuation> ended =
          generator.generate(request, drawn.withStops(List.of("<extra_id_1>")), TextListener.NONE);

      int cut = 0;
      for (int i = 0; i < 64; i++) {
        int at = whole.get(i).tokens().indexOf(sentinel);
        if (at < 0) {
          assertThat(ended.get(i)).isEqualTo(whole.get(i));
        } else {
          assertThat(ended.get(i).tokens()).isEqualTo(whole.get(i).tokens().subList(0, at));
          assertThat(ended.get(i).ending()).isEqualTo(Ending.END_TOKEN);
          cut++;
        }
      }
      assertThat(cut).isBetween(1, 63);
    }
  }

  @Test
  void aStopThatNoTextHasIsRefused() {
    GenerationSettings settings = GenerationSettings.greedy().withStops(List.of("a<|endoftext|>"));
    try (Generator generator = Generator.open(TinyModel.folder("gpt2"), Precision.FP32)) {
      assertThatThrownBy(() -> generator.generate("It's rain", settings))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("stop: 'a<|endoftext|>' has the special token <|endoftext|>");
    }
  }
}
