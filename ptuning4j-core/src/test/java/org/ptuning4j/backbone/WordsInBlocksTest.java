package org.ptuning4j.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ptuning4j.Closeness.assertClose;

import java.nio.file.Path;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.TinyFamily;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.KernelPlan;
import org.ptuning4j.tensor.engine.Precision;

/** An output matrix in a narrower type is cast a block of words at a time. */
class WordsInBlocksTest {

  private static final int VOCABULARY = 140_000; // two blocks of 131,072 at the width of 32

  @TempDir Path temp;

  @Test
  void wordsOfEveryBlockAreScoredAsIfAlone() {
    TinyFamily family = new TinyFamily("gpt2");
    ModelFolder folder =
        family.write(temp, family.configuration().replace("470", String.valueOf(VOCABULARY)));
    try (Backbone backbone =
        BackboneFamilies.standard()
            .load(folder, Engine.recorded(Precision.BF16, KernelPlan.plain()))) {
      Scope.run(
          () -> {
            Tensor states = RandomStream.of(5).gaussian(1, 3, TinyFamily.HIDDEN);
            LanguageModel head = backbone.languageModel();
            Tensor all = head.logits(states);
            assertThat(Tensors.shape(all)).containsExactly(3, VOCABULARY);
            int[] words = {0, 1, 131_071, 131_072, 131_073, VOCABULARY - 1};
            long[] columns = Arrays.stream(words).asLongStream().toArray();
            assertClose(
                "words",
                all.index_select(1, Tensors.of(columns, columns.length)),
                head.logits(states, words),
                1e-5,
                0);
          });
    }
  }
}
