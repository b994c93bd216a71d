package org.ptuning4j.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ptuning4j.Closeness.assertClose;
import static org.ptuning4j.Closeness.assertCloseAtTokens;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.ptuning4j.GoldenSet;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.file.SafetensorsFile;

/**
 * Prompts over decoders that PEFT trained and saved: scores of words and of labels, and the
 * likeliest continuation of a text.
 */
class GoldenAdaptersTest {

  private static final double TOLERANCE = 1e-4;

  @TestFactory
  Stream<DynamicTest> adapters() {
    Path peft = GoldenSet.folder().resolve("peft");
    Assumptions.assumeTrue(peft.toFile().isDirectory(), "no adapters in " + GoldenSet.folder());
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode each : GoldenSet.json(peft.resolve("index.json")).get("adapters")) {
      Path model = GoldenSet.folder().resolve(each.get("base_model").asText());
      if (GoldenSet.isSupported(model) && isDecoder(model)) {
        String name = each.get("name").asText();
        tests.add(
            DynamicTest.dynamicTest(
                name, () -> Scope.run(() -> check(each, peft.resolve(name), model))));
      }
    }
    assertThat(tests).hasSizeGreaterThanOrEqualTo(8);
    return tests.stream();
  }

  private static boolean isDecoder(Path model) {
    BackboneFamily family = BackboneFamilies.standard().of(ModelFolder.open(model));
    return family.direction() == Direction.CAUSAL;
  }

  private static void check(JsonNode adapter, Path folder, Path model) {
    try (Backbone backbone =
            BackboneFamilies.standard().load(ModelFolder.open(model), Engine.reference());
        SafetensorsFile saved = SafetensorsFile.open(folder.resolve("adapter_model.safetensors"));
        SafetensorsFile expected = SafetensorsFile.open(folder.resolve("expected.safetensors"))) {
      boolean deep = adapter.get("method").asText().equals("prefix");
      Prompt prompt = new Prompt(saved.read("prompt_embeddings"), deep, backbone);
      TokenBatch tokens =
          prompt.before(batch(expected.read("in/input_ids"), expected.read("in/attention_mask")));
      Tensor states =
          backbone
              .forward(tokens, prompt.inject(tokens), ForwardOptions.evaluation(Positions.ALL))
              .lastHidden(); // [B, n, H]
      Tensor wanted = expected.read("out/logits");
      if (adapter.get("task_type").asText().equals("SEQ_CLS")) {
        Tensor score = saved.read("base_model.score.weight"); // [labels, H]
        assertClose("labels", pooled(states, tokens, deep).matmul(score.t()), wanted, TOLERANCE, 0);
      } else {
        Tensor logits = backbone.languageModel().logits(states.flatten(0, 1)).view_as(wanted);
        assertCloseAtTokens("words", logits, wanted, tokens, TOLERANCE);
        assertThat(continued(expected.read("in/gen1_input_ids"), prompt, backbone))
            .isEqualTo(Tensors.longs(expected.read("out/gen1_tokens")));
      }
    }
  }

  /** The last token; with soft tokens PEFT's classifiers read the last column, padding or not. */
  private static Tensor pooled(Tensor states, TokenBatch tokens, boolean deep) {
    long[] places =
        IntStream.range(0, tokens.rows())
            .mapToLong(
                row ->
                    (long) row * tokens.columns()
                        + (deep ? tokens.length(row) : tokens.columns())
                        - 1)
            .toArray();
    return states.flatten(0, 1).index_select(0, Tensors.of(places, places.length));
  }

  /** Eight tokens, the likeliest each time. */
  private static long[] continued(Tensor start, Prompt prompt, Backbone backbone) {
    long[] ids = Tensors.longs(start);
    int length = ids.length;
    for (int step = 0; step < 8; step++) {
      long[] mask = new long[ids.length];
      Arrays.fill(mask, 1);
      TokenBatch tokens =
          prompt.before(new TokenBatch(1, ids.length, ids, mask, new long[ids.length]));
      Tensor last =
          backbone
              .forward(tokens, prompt.inject(tokens), ForwardOptions.evaluation(Positions.ALL))
              .lastHidden()
              .select(1, tokens.columns() - 1L);
      Tensor logits = backbone.languageModel().logits(last);
      ids = Arrays.copyOf(ids, ids.length + 1);
      ids[ids.length - 1] = Tensors.longs(logits.argmax(new LongOptional(1), false))[0];
    }
    return Arrays.copyOfRange(ids, length, ids.length);
  }

  private static TokenBatch batch(Tensor ids, Tensor mask) {
    return new TokenBatch(
        Math.toIntExact(ids.size(0)),
        Math.toIntExact(ids.size(1)),
        Tensors.longs(ids),
        Tensors.longs(mask),
        new long[Math.toIntExact(ids.numel())]);
  }

  /** What an adapter adds: keys and values, or soft tokens before the text. */
  private record Prompt(Tensor embeddings, boolean deep, Backbone backbone) {

    TokenBatch before(TokenBatch words) {
      return deep ? words : Prefixes.softTokensBefore(words, Math.toIntExact(embeddings.size(0)));
    }

    Injection inject(TokenBatch tokens) {
      return deep
          ? Injection.deep(
              Prefixes.ofMatrix(embeddings, backbone.spec(), tokens.rows()),
              Prefixes.shift("shifted", tokens.rows(), embeddings.size(0)))
          : Injection.inputs(Prefixes.softTokens(tokens, embeddings));
    }
  }
}
