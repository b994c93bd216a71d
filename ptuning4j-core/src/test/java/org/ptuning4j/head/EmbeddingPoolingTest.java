package org.ptuning4j.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyFamily;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.Direction;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.pack.Pack;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.train.Training;
import org.ptuning4j.train.TrainingData;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.config.TrainingConfigBuilder;
import org.ptuning4j.train.run.TrainingListener;

/** A model of sentence embeddings says what its head reads. */
class EmbeddingPoolingTest {

  @TempDir Path temp;

  private ModelFolder model(String pooling) {
    try {
      ModelFolder folder = new TinyFamily("bert").write(temp);
      Path file = folder.path().resolve("1_Pooling").resolve("config.json");
      Files.createDirectories(file.getParent());
      Files.writeString(file, pooling);
      return folder;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String switches(String on) {
    StringBuilder json = new StringBuilder("{\"word_embedding_dimension\": 32");
    for (String mode :
        List.of("cls_token", "mean_tokens", "max_tokens", "mean_sqrt_len_tokens", "lasttoken")) {
      boolean given = List.of(on.split(" ", -1)).contains(mode);
      json.append(", \"pooling_mode_").append(mode).append("\": ").append(given);
    }
    return json.append("}").toString();
  }

  @ParameterizedTest
  @CsvSource({
    "mean_tokens, mean",
    "cls_token, first-token",
    "max_tokens,",
    "mean_sqrt_len_tokens,",
    "lasttoken,",
    "cls_token mean_tokens,",
    "'',",
  })
  void anEncodersHeadReadsWhatTheModelWasTrainedWith(String on, String expected) {
    EmbeddingPooling pooling = EmbeddingPooling.of(model(switches(on)));
    assertThat(pooling.input(Direction.BIDIRECTIONAL).map(SequenceInput::label))
        .isEqualTo(Optional.ofNullable(expected));
  }

  /** The first token of a decoder has seen nothing. */
  @Test
  void aDecodersHeadReadsItsLastTokenOrTheMean() {
    assertThat(EmbeddingPooling.of(model(switches("lasttoken"))).input(Direction.CAUSAL))
        .contains(SequenceInput.LAST_TOKEN);
    assertThat(EmbeddingPooling.of(model(switches("mean_tokens"))).input(Direction.CAUSAL))
        .contains(SequenceInput.MEAN);
    assertThat(EmbeddingPooling.of(model(switches("cls_token"))).input(Direction.CAUSAL)).isEmpty();
  }

  @Test
  void aModeThatIsNamed() {
    assertThat(EmbeddingPooling.of(model("{\"pooling_mode\": \"mean\"}")).modes())
        .containsExactly("mean");
  }

  @Test
  void aFileThatIsNoConfiguration() {
    ModelFolder broken = model("[]");
    assertThatThrownBy(() -> EmbeddingPooling.of(broken))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("1_Pooling");
    ModelFolder odd = model("{\"pooling_mode_mean_tokens\": \"yes\"}");
    assertThatThrownBy(() -> EmbeddingPooling.of(odd))
        .hasMessageContaining("pooling_mode_mean_tokens");
  }

  /** Five sixths of the way up; in a model that embeds whole texts, and sees them both ways. */
  @Test
  void tokensAreReadBelowTheLastLayer() {
    EmbeddingPooling embeds = EmbeddingPooling.of(model(switches("cls_token")));
    Map.of(24, 20, 12, 10, 6, 5, 4, 3)
        .forEach(
            (layers, expected) ->
                assertThat(embeds.tokenLayer(layers("bert", layers))).hasValue(expected));
    for (int few : List.of(1, 2, 3)) {
      assertThat(embeds.tokenLayer(layers("bert", few))).isEmpty();
    }
    assertThat(embeds.tokenLayer(layers("llama", 6))).isEmpty();
    assertThat(new EmbeddingPooling(List.of()).tokenLayer(layers("bert", 6))).isEmpty();
  }

  private BackboneSpec layers(String family, int layers) {
    TinyFamily tiny = new TinyFamily(family);
    ModelFolder folder =
        tiny.write(
            temp,
            tiny.configuration()
                .replace("\"num_hidden_layers\": 2", "\"num_hidden_layers\": " + layers));
    try (Backbone backbone = BackboneFamilies.standard().load(folder, Engine.reference())) {
      return backbone.spec();
    }
  }

  /**
   * The run says it, and the pack records it; what is asked for wins, and without a file nothing
   * changes.
   */
  @Test
  void aRunsHeadReadsIt() throws IOException {
    List<String> said = new ArrayList<>();
    ModelFolder mean = model(switches("mean_tokens"));
    assertThat(head(mean, Optional.empty(), "mean", said)).isEqualTo("mean");
    assertThat(said)
        .contains("1_Pooling/config.json: the model was trained with mean; the head reads mean");
    said.clear();
    assertThat(head(mean, Optional.of(SequenceInput.POOLER), "asked", said)).isEqualTo("pooler");
    assertThat(head(new TinyFamily("bert").write(temp), Optional.empty(), "none", said))
        .isEqualTo("pooler");
    assertThat(said).isEmpty();
    assertThat(head(model(switches("max_tokens")), Optional.empty(), "max", said))
        .isEqualTo("pooler");
    assertThat(said)
        .contains(
            "1_Pooling/config.json: the model was trained with max, which no head reads; this one"
                + " reads pooler");
  }

  private Object head(
      ModelFolder model, Optional<SequenceInput> asked, String out, List<String> said) {
    TrainingConfigBuilder config =
        TrainingConfig.builder()
            .method(PTuningV2.asPublished(2))
            .epochs(1)
            .precision(Precision.FP32)
            .headInput(asked);
    TrainingData data =
        TrainingData.of(
            TinyModel.data(temp.resolve(out + "-train.jsonl"), 12, 1),
            TinyModel.data(temp.resolve(out + "-dev.jsonl"), 6, 2));
    new Training(model.path(), TinyModel.task(), config.build())
        .run(
            data,
            temp.resolve(out),
            new TrainingListener() {
              @Override
              public void noted(String remark) {
                if (remark.startsWith("1_Pooling")) {
                  said.add(remark);
                }
              }
            });
    return Pack.open(temp.resolve(out).resolve("pack")).facts().head().get("input");
  }
}
