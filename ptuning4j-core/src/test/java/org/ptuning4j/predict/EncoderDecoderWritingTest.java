package org.ptuning4j.predict;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.ptuning4j.GoldenSet;
import org.ptuning4j.generate.GenerationSettings;
import org.ptuning4j.generate.TextListener;
import org.ptuning4j.task.generation.GeneratedAnswer;
import org.ptuning4j.tensor.engine.Precision;

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
}
