package org.ptuning4j.server.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.predict.PackSource;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.predict.PredictorOptions;
import org.ptuning4j.server.HttpClientForTests.Reply;
import org.ptuning4j.server.TestPacks;
import org.ptuning4j.server.TestServer;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.tensor.file.FileHash;
import org.ptuning4j.tensor.file.SafetensorsFile;
import org.ptuning4j.tensor.file.SafetensorsWriter;

/** Packs whose numbers are none, or are not what their description says: they fail alone. */
class OddPacksTest {

  private static final String TENSORS = "prompt.safetensors";
  private static final String FACTS = "prompt.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  private TestServer server;
  private JsonNode alone;

  /** Finds any pack of the folder; none of them is loaded before it is asked. */
  private final PackSource source =
      name ->
          name.equals("good")
              ? Optional.of(TestPacks.reviews())
              : Optional.of(folder.resolve(name)).filter(Files::isDirectory);

  @BeforeEach
  void start() {
    PackSource named =
        new PackSource() {
          @Override
          public Optional<Path> folder(String name) {
            return source.folder(name);
          }

          @Override
          public List<String> names() {
            return List.of("good", "odd");
          }
        };
    server =
        TestServer.over(
            Predictor.open(
                TestPacks.model(),
                PredictorOptions.standard().withPrecision(Precision.FP32).withSource(named)));
    alone = ask("good").json().at("/answer");
    assertThat(alone.at("/label").asText()).isEqualTo("good");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Reply ask(String task) {
    return server
        .client()
        .post("/v1/predict", "{\"task\":\"" + task + "\",\"text\":\"A great film.\"}");
  }

  /** A copy of a sound pack with other tensors and another description, their hash corrected. */
  private void write(UnaryOperator<Tensor> prompt, Consumer<ObjectNode> facts) throws IOException {
    Path odd = Files.createDirectory(folder.resolve("odd"));
    Path sound = TestPacks.reviews();
    Scope.run(
        () -> {
          try (SafetensorsFile file = SafetensorsFile.open(sound.resolve(TENSORS))) {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            file.names().forEach(name -> tensors.put(name, file.read(name)));
            tensors.computeIfPresent("prompt_embeddings", (name, value) -> prompt.apply(value));
            SafetensorsWriter.write(odd.resolve(TENSORS), tensors, Map.of());
          }
        });
    ObjectNode json = (ObjectNode) JSON.readTree(sound.resolve(FACTS).toFile());
    ((ObjectNode) json.get("tensors")).put(TENSORS, FileHash.sha256(odd.resolve(TENSORS)));
    facts.accept(json);
    JSON.writeValue(odd.resolve(FACTS).toFile(), json);
  }

  /** It is refused, and says nothing of the server's folders; its neighbour answers as ever. */
  private void assertRefusedAlone() {
    Reply odd = ask("odd");
    assertThat(odd.status()).as(odd.body()).isEqualTo(503);
    assertThat(odd.body()).doesNotContain(folder.toString());
    Reply both =
        server.client().post("/v1/predict", "{\"tasks\":[\"*\"],\"text\":\"A great film.\"}");
    assertThat(both.json().at("/results/0/answer")).isEqualTo(alone);
    assertThat(both.json().at("/results/1/error/type").asText()).endsWith("unavailable");
  }

  @Test
  void aSoundCopyIsAnswered() throws IOException {
    write(matrix -> matrix, facts -> {});
    assertThat(ask("odd").json().at("/answer")).isEqualTo(alone);
  }

  @Test
  void numbersThatAreNone() throws IOException {
    write(matrix -> matrix.mul(new Scalar(Float.NaN)), facts -> {});
    assertRefusedAlone();
  }

  @Test
  void infiniteNumbers() throws IOException {
    write(matrix -> matrix.mul(new Scalar(Double.POSITIVE_INFINITY)), facts -> {});
    assertRefusedAlone();
  }

  /** They are numbers, and products of them are not: that is told, or a finite answer given. */
  @Test
  void hugeNumbers() throws IOException {
    write(matrix -> matrix.sign().mul(new Scalar(3e38)), facts -> {});
    Reply odd = ask("odd");
    assertThat(odd.status()).as(odd.body()).isIn(200, 422);
    if (odd.status() == 200) {
      assertThat(odd.json().at("/answer/probability").asDouble()).isBetween(0.0, 1.0);
    }
    Reply both =
        server.client().post("/v1/predict", "{\"tasks\":[\"*\"],\"text\":\"A great film.\"}");
    assertThat(both.json().at("/results/0/answer/label")).isEqualTo(alone.at("/label"));
    assertThat(both.json().at("/results/0/answer/probability").asDouble())
        .isCloseTo(alone.at("/probability").asDouble(), within(1e-4));
  }

  @Test
  void aLengthThatTheTensorsDoNotHave() throws IOException {
    write(matrix -> matrix, facts -> ((ObjectNode) facts.get("prompt")).put("length", 9));
    assertRefusedAlone();
  }

  @Test
  void aLengthWithoutBounds() throws IOException {
    write(
        matrix -> matrix,
        facts -> ((ObjectNode) facts.get("prompt")).put("length", Integer.MAX_VALUE));
    assertRefusedAlone();
  }

  @Test
  void layersThatTheModelDoesNotHave() throws IOException {
    write(
        matrix -> matrix,
        facts -> ((ObjectNode) facts.get("prompt")).putArray("layers").add(1).add(99));
    assertRefusedAlone();
  }

  @Test
  void anotherShape() throws IOException {
    write(matrix -> matrix.t().contiguous(), facts -> {});
    assertRefusedAlone();
  }

  @Test
  void anotherNumberOfLabels() throws IOException {
    write(
        matrix -> matrix,
        facts -> ((ObjectNode) facts.get("task")).putArray("labels").add("a").add("b").add("c"));
    assertRefusedAlone();
  }

  @Test
  void aTypeThatIsNoFloat() throws IOException {
    write(matrix -> matrix.to(torch.ScalarType.Double), facts -> {});
    Reply odd = ask("odd");
    assertThat(odd.status()).as(odd.body()).isIn(200, 503);
    assertThat(ask("good").json().at("/answer")).isEqualTo(alone);
  }
}
