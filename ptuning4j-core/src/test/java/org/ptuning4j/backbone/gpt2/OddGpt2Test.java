package org.ptuning4j.backbone.gpt2;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/** Small trained checkpoints of GPT-2's shape, which can do what their authors say. */
class OddGpt2Test {

  private static final String SHAKESPEARE =
      """
      To be, or not to be, that is the question:
      Whether 'tis nobler in the mind to suffer
      The slings and arrows of outrageous fortune,
      Or to take arms against a sea of troubles
      """;

  private static Backbone load(String name) {
    return BackboneFamilies.standard().load(ModelFolder.open(folder(name)), Engine.reference());
  }

  private static Path folder(String name) {
    String property = System.getProperty("shared.dir");
    Path shared = property == null ? above("shared") : Path.of(property);
    Path folder = shared.resolve("models").resolve("odd").resolve(name);
    Assumptions.assumeTrue(Files.isDirectory(folder), () -> "skipped: no " + folder);
    return folder;
  }

  private static Path above(String name) {
    Path at = Path.of("").toAbsolutePath();
    while (at != null && !Files.isDirectory(at.resolve(name))) {
      at = at.getParent();
    }
    return at == null ? Path.of(name) : at.resolve(name);
  }

  /** Separate output matrix, a vocabulary of three: six digits, then the same in order. */
  @Test
  void allInputsAreSorted() {
    try (Backbone backbone = load("gpt-nano-sort")) {
      List<int[]> inputs = new ArrayList<>();
      List<int[]> rows = new ArrayList<>();
      for (int number = 0; number < 729; number++) {
        int[] digits = new int[6];
        int rest = number;
        for (int i = 0; i < 6; i++) {
          digits[i] = rest % 3;
          rest /= 3;
        }
        inputs.add(digits);
        rows.add(digits);
      }
      for (int step = 0; step < 6; step++) {
        long[] next = next(backbone, rows);
        for (int row = 0; row < rows.size(); row++) {
          int[] longer = Arrays.copyOf(rows.get(row), rows.get(row).length + 1);
          longer[longer.length - 1] = (int) next[row];
          rows.set(row, longer);
        }
      }
      for (int row = 0; row < rows.size(); row++) {
        int[] sorted = inputs.get(row).clone();
        Arrays.sort(sorted);
        assertThat(Arrays.copyOfRange(rows.get(row), 6, 12)).isEqualTo(sorted);
      }
    }
  }

  /** The likeliest token after each row. */
  private static long[] next(Backbone backbone, List<int[]> rows) {
    return Scope.run(
        () -> {
          List<TokenRow> tokens =
              rows.stream()
                  .map(row -> TokenRow.of(row, new int[row.length]).withAnchor(row.length - 1))
                  .toList();
          Tensor states =
              backbone
                  .forward(
                      TokenBatch.of(tokens, 0),
                      Injection.none(),
                      ForwardOptions.evaluation(Positions.ANCHOR))
                  .first();
          Tensor logits = backbone.languageModel().logits(states);
          return Tensors.longs(logits.argmax(new LongOptional(1), false));
        });
  }

  /** Exact GELU, one head, tied output: about 1.9 nats for each character. */
  @Test
  void shakespeareIsForetold() throws IOException {
    JsonNode names =
        new ObjectMapper()
            .readTree(
                Files.readAllBytes(
                    folder("tinygpt-shakespeare-char").resolve("char_tokenizer.json")))
            .get("itos");
    Map<String, Integer> ids = new HashMap<>();
    names
        .properties()
        .forEach(each -> ids.put(each.getValue().asText(), Integer.parseInt(each.getKey())));
    int[] text =
        SHAKESPEARE.codePoints().map(c -> ids.get(Character.toString(c))).limit(128).toArray();
    try (Backbone backbone = load("tinygpt-shakespeare-char")) {
      double nats =
          Scope.run(
              () -> {
                Tensor states =
                    backbone
                        .forward(
                            TokenBatch.of(List.of(TokenRow.of(text, new int[text.length])), 0),
                            Injection.none(),
                            ForwardOptions.evaluation(Positions.ALL))
                        .lastHidden()
                        .squeeze(0);
                long[] next = Arrays.stream(text).skip(1).asLongStream().toArray();
                Tensor logits =
                    backbone.languageModel().logits(states.narrow(0, 0, text.length - 1L));
                return torch
                    .cross_entropy_loss(logits, Tensors.of(next, next.length))
                    .item_double();
              });
      assertThat(nats).isBetween(1.5, 2.3);
    }
  }
}
