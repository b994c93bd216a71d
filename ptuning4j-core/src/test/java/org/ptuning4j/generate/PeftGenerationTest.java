package org.ptuning4j.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.GoldenSet;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.prompt.form.DeepPrompt;
import org.ptuning4j.prompt.form.InputPrompt;
import org.ptuning4j.prompt.form.MixedPrompts;
import org.ptuning4j.prompt.form.PositionConvention;
import org.ptuning4j.prompt.form.TrainedPrompt;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/**
 * What is written with a prompt, against PEFT 0.20.1 and transformers 5.12.1 with the golden
 * models; {@code benchmarks/peer/peft_generation.py} made the file.
 */
class PeftGenerationTest {

  private static final JsonNode FILE = read();

  private static JsonNode read() {
    try (InputStream file =
        PeftGenerationTest.class.getResourceAsStream("/generation/peft-generation.json")) {
      return new ObjectMapper().readTree(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path model(String name) {
    if (!name.equals("mistral")) {
      return GoldenSet.folder().resolve(name).resolve("model");
    }
    try { // of which the tests' own golden set has no cases
      return Path.of(PeftGenerationTest.class.getResource("/generation/mistral").toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Backbone load(Path model) {
    return BackboneFamilies.standard().load(ModelFolder.open(model), Engine.reference());
  }

  private static int[] ints(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).mapToInt(JsonNode::asInt).toArray();
  }

  private static List<int[]> lists(JsonNode arrays) {
    return StreamSupport.stream(arrays.spliterator(), false).map(PeftGenerationTest::ints).toList();
  }

  private static TrainedPrompt prompt(JsonNode of, boolean deep, Backbone backbone) {
    float[] values = new float[of.get("values").size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) of.get("values").get(i).asDouble();
    }
    int length = of.get("length").asInt();
    return Scope.run(
        () -> {
          Tensor matrix = Tensors.of(values, length, values.length / length);
          return deep
              ? DeepPrompt.of(
                  matrix,
                  IntStream.range(0, backbone.spec().layers()).boxed().toList(),
                  PositionConvention.SHIFTED,
                  backbone.spec(),
                  backbone.engine())
              : InputPrompt.of(matrix, Optional.empty(), backbone.spec(), backbone.engine());
        });
  }

  private static TokenBatch batch(List<int[]> texts, TrainedPrompt prompt) {
    List<TokenRow> rows = new ArrayList<>();
    for (int[] text : texts) {
      TokenRow words = TokenRow.of(text, new int[text.length]);
      TokenRow row = prompt instanceof InputPrompt ? words.withPrefix(prompt.length()) : words;
      rows.add(row.withAnchor(row.length() - 1));
    }
    return TokenBatch.of(rows, 0);
  }

  private static CachedNextTokens reading(
      Backbone backbone, List<int[]> texts, TrainedPrompt prompt) {
    return Scope.run(
        () -> {
          TokenBatch tokens = batch(texts, prompt);
          List<Optional<TrainedPrompt>> each =
              texts.stream().map(text -> Optional.of(prompt)).toList();
          return new CachedNextTokens(
              backbone,
              tokens,
              new MixedPrompts(backbone.spec(), backbone.engine()).inject(tokens, each));
        });
  }

  private static List<int[]> written(
      Backbone backbone, List<int[]> texts, TrainedPrompt prompt, int count) {
    List<int[]> written = texts.stream().map(text -> new int[count]).toList();
    try (CachedNextTokens model = reading(backbone, texts, prompt)) {
      for (int step = 0; step < count; step++) {
        float[][] scores = model.scores();
        int[] best = new int[texts.size()];
        for (int row = 0; row < best.length; row++) {
          best[row] = TokenScores.best(scores[row]);
          written.get(row)[step] = best[row];
        }
        if (step < count - 1) {
          model.advance(IntStream.range(0, best.length).toArray(), best);
        }
      }
    }
    return written;
  }

  /** A batch of texts of three lengths gives what PEFT gives for each text alone. */
  @TestFactory
  Stream<DynamicTest> aBatchIsWrittenAsPeftWritesEachTextAlone() {
    return StreamSupport.stream(FILE.get("cases").spliterator(), false)
        .map(
            c ->
                DynamicTest.dynamicTest(
                    c.get("model").asText() + ", " + c.get("method").asText(), () -> compare(c)));
  }

  private static void compare(JsonNode c) {
    boolean deep = c.get("method").asText().equals("prefix");
    try (Backbone backbone = load(model(c.get("model").asText()));
        TrainedPrompt prompt = prompt(c, deep, backbone)) {
      List<int[]> alone = lists(c.get("alone"));
      List<int[]> together = lists(c.get("together"));
      List<int[]> written = written(backbone, lists(c.get("texts")), prompt, alone.get(0).length);
      for (int row = 0; row < alone.size(); row++) {
        assertThat(written.get(row)).as("text " + row).isEqualTo(alone.get(row));
        // PEFT pads between soft tokens and text and counts the padding as positions, so that only
        // the longest text is written as it is alone. Of a prefix it masks the padding rightly.
        if (deep || row == 0) {
          assertThat(together.get(row)).as("PEFT's batch, text " + row).isEqualTo(alone.get(row));
        } else {
          assertThat(together.get(row)).as("PEFT's padding").isNotEqualTo(alone.get(row));
        }
      }
    }
  }

  @TempDir private Path folder;

  /** A window that is shorter than prefix and text: all at once, and token by token. */
  @TestFactory
  Stream<DynamicTest> windowsReachIntoThePrefixAsFarAsPeftHasIt() {
    return StreamSupport.stream(FILE.get("windows").spliterator(), false)
        .map(
            c ->
                DynamicTest.dynamicTest(
                    "window " + c.get("window").asInt(), () -> compareWindow(c)));
  }

  private void compareWindow(JsonNode c) throws IOException {
    Path model = windowed(c.get("window").asInt());
    int[] text = ints(c.get("text"));
    int[] next = ints(c.get("written"));
    try (Backbone backbone = load(model);
        TrainedPrompt prompt = prompt(c, true, backbone)) {
      int[] all = IntStream.concat(IntStream.of(text), IntStream.of(next)).toArray();
      assertScores(anew(backbone, all, prompt), c.get("anew"), "anew");
      try (CachedNextTokens cached = reading(backbone, List.of(text), prompt)) {
        for (int step = 0; step < next.length; step++) {
          float[] scores = cached.scores()[0];
          assertScores(new float[][] {scores}, List.of(c.get("cached").get(step)), "step " + step);
          assertThat(TokenScores.best(scores)).as("step " + step).isEqualTo(next[step]);
          cached.advance(new int[] {0}, new int[] {next[step]});
        }
      }
    }
  }

  private Path windowed(int window) throws IOException {
    Path copy = folder.resolve("window-" + window);
    Files.createDirectories(copy);
    Path weights = Path.of("model.safetensors");
    Files.copy(model("mistral").resolve(weights), copy.resolve(weights));
    ObjectMapper json = new ObjectMapper();
    ObjectNode config =
        (ObjectNode) json.readTree(model("mistral").resolve("config.json").toFile());
    json.writeValue(copy.resolve("config.json").toFile(), config.put("sliding_window", window));
    return copy;
  }

  /** Scores after each token but the last, {@code [n − 1][V]}. */
  private static float[][] anew(Backbone backbone, int[] text, TrainedPrompt prompt) {
    return Scope.run(
        () -> {
          TokenBatch tokens = batch(List.of(text), prompt);
          Tensor states =
              backbone
                  .forward(
                      tokens,
                      new MixedPrompts(backbone.spec(), backbone.engine())
                          .inject(tokens, List.of(Optional.of(prompt))),
                      ForwardOptions.evaluation(Positions.ALL))
                  .lastHidden();
          float[] all = Tensors.floats(backbone.languageModel().logits(states.squeeze(0)));
          int words = all.length / text.length;
          return IntStream.range(0, text.length - 1)
              .mapToObj(row -> Arrays.copyOfRange(all, row * words, (row + 1) * words))
              .toArray(float[][]::new);
        });
  }

  private static void assertScores(float[][] found, Iterable<JsonNode> expected, String what) {
    int row = 0;
    for (JsonNode each : expected) {
      for (int word = 0; word < each.size(); word++) {
        assertThat((double) found[row][word])
            .as("%s: row %d, word %d", what, row, word)
            .isCloseTo(each.get(word).asDouble(), within(1e-4));
      }
      row++;
    }
    assertThat(row).isEqualTo(found.length);
  }

  /** The windows of the file change what is found, else the test above would show nothing. */
  @Test
  void aShorterWindowGivesOtherScores() {
    JsonNode windows = FILE.get("windows");
    double shortest = windows.get(0).get("anew").get(12).get(0).asDouble();
    double longest = windows.get(2).get("anew").get(12).get(0).asDouble();
    assertThat(Math.abs(shortest - longest)).isGreaterThan(1e-2);
  }
}
