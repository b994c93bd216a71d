package org.ptuning4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.checkpoint.Checkpoints;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.file.TensorSource;

class OnnxConversionTest {

  @TempDir Path folder;
  private Path tokenizer;

  @BeforeEach
  void writeTokenizer() throws IOException {
    tokenizer =
        Files.writeString(folder.resolve("t.json"), TinyGraph.TOKENIZER, StandardCharsets.UTF_8);
  }

  private Path convert(byte[] content) throws IOException {
    Path file = Files.write(folder.resolve("m.onnx"), content);
    Path out = Files.createTempDirectory(folder, "out");
    OnnxConversion.write(file, tokenizer, out);
    return out;
  }

  private static JsonNode config(Path out) throws IOException {
    return new ObjectMapper().readTree(out.resolve("config.json").toFile());
  }

  private static void holds(Path out, Map<String, float[]> weights) {
    try (TensorSource tensors = Checkpoints.open(out)) {
      assertThat(tensors.names()).containsExactlyInAnyOrderElementsOf(weights.keySet());
      Scope.run(
          () ->
              weights.forEach(
                  (name, numbers) ->
                      assertThat(Tensors.floats(tensors.read(name))).as(name).isEqualTo(numbers)));
    }
  }

  @Test
  void aBertIsRecognised() throws IOException {
    TinyGraph graph = TinyGraph.bert();
    Path out = convert(graph.build());
    holds(out, graph.weights);
    JsonNode config = config(out);
    assertThat(config.path("model_type").asText()).isEqualTo("bert");
    assertThat(config.path("num_hidden_layers").asInt()).isEqualTo(TinyGraph.LAYERS);
    assertThat(config.path("num_attention_heads").asInt()).isEqualTo(TinyGraph.HEADS);
    assertThat(config.path("hidden_size").asInt()).isEqualTo(TinyGraph.HIDDEN);
    assertThat(config.path("intermediate_size").asInt()).isEqualTo(TinyGraph.WIDE);
    assertThat(config.path("vocab_size").asInt()).isEqualTo(TinyGraph.WORDS);
    assertThat(config.path("max_position_embeddings").asInt()).isEqualTo(TinyGraph.POSITIONS);
    assertThat(config.path("type_vocab_size").asInt()).isEqualTo(2);
    assertThat(config.path("layer_norm_eps").asDouble()).isEqualTo(1e-12);
    assertThat(config.path("hidden_act").asText()).isEqualTo("gelu");
    assertThat(config.path("pad_token_id").asInt()).isEqualTo(3);
    assertThat(out.resolve("tokenizer.json")).hasContent(TinyGraph.TOKENIZER);
  }

  @Test
  void numbersAreReadFromTheGraph() throws IOException {
    TinyGraph graph = TinyGraph.bert();
    graph.heads = 4;
    graph.epsilon = 1e-5;
    graph.activation = "Tanh";
    graph.types = 1;
    JsonNode config = config(convert(graph.build()));
    assertThat(config.path("num_attention_heads").asInt()).isEqualTo(4);
    assertThat(config.path("layer_norm_eps").asDouble()).isEqualTo(1e-5);
    assertThat(config.path("hidden_act").asText()).isEqualTo("gelu_new");
    assertThat(config.path("type_vocab_size").asInt()).isEqualTo(1);
    for (Map.Entry<String, String> each :
        Map.of("Relu", "relu", "Gelu", "gelu", "Sigmoid", "silu").entrySet()) {
      TinyGraph other = TinyGraph.bert();
      other.activation = each.getKey();
      assertThat(config(convert(other.build())).path("hidden_act").asText())
          .isEqualTo(each.getValue());
    }
  }

  @Test
  void otherWaysToExportGiveTheSame() throws IOException {
    List<Consumer<TinyGraph>> ways =
        List.of(graph -> graph.fusedNorms = true, graph -> graph.gemm = true, g -> g.listed = true);
    for (Consumer<TinyGraph> way : ways) {
      TinyGraph graph = TinyGraph.bert();
      graph.epsilon = 1e-7;
      way.accept(graph);
      Path out = convert(graph.build());
      holds(out, graph.weights);
      assertThat(config(out).path("layer_norm_eps").asDouble()).isEqualTo(1e-7);
    }
  }

  @Test
  void aShapeThatDoesNotSplitTheWidthIsNoHead() throws IOException {
    for (int heads : List.of(1, 2, 4)) {
      TinyGraph graph = TinyGraph.bert();
      graph.flattened = true;
      graph.heads = heads;
      assertThat(config(convert(graph.build())).path("num_attention_heads").asInt())
          .isEqualTo(heads);
    }
    TinyGraph never = TinyGraph.bert();
    never.flattened = true;
    never.heads = 0;
    assertThatThrownBy(() -> convert(never.build()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("the number of attention heads");
  }

  @Test
  void numbersMayBeHalves() throws IOException {
    for (TensorProto.DataType type :
        List.of(TensorProto.DataType.FLOAT16, TensorProto.DataType.BFLOAT16)) {
      for (Map.Entry<String, String> each :
          Map.of("Erf", "gelu", "Tanh", "gelu_new", "Sigmoid", "silu").entrySet()) {
        TinyGraph graph = TinyGraph.bert();
        graph.halves = type;
        graph.epsilon = 1e-5;
        graph.activation = each.getKey();
        JsonNode config = config(convert(graph.build()));
        assertThat(config.path("hidden_act").asText()).isEqualTo(each.getValue());
        assertThat(config.path("layer_norm_eps").asDouble()).isEqualTo(1e-5);
      }
      TinyGraph quick = TinyGraph.bert();
      quick.halves = type;
      quick.epsilon = 1e-5;
      quick.activation = "QuickGelu";
      assertThatThrownBy(() -> convert(quick.build()))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("Mul, Sigmoid");
    }
    TinyGraph lost = TinyGraph.bert();
    lost.halves = TensorProto.DataType.FLOAT16;
    assertThatThrownBy(() -> convert(lost.build()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("the epsilon of a norm");
  }

  @Test
  void aRobertaCountsPositionsFromThePadding() throws IOException {
    TinyGraph graph = new TinyGraph("roberta.", false);
    graph.counted = true;
    graph.types = 1;
    Path out = convert(graph.build());
    holds(out, graph.weights);
    assertThat(config(out).path("model_type").asText()).isEqualTo("roberta");
    assertThat(config(out).path("pad_token_id").asInt()).isEqualTo(1);
  }

  @Test
  void positionsThatDoNotCountFromTheStartAreRefused() throws IOException {
    for (String index : List.of("range", "table", "places")) {
      TinyGraph graph = TinyGraph.bert();
      graph.index = index;
      assertThat(config(convert(graph.build())).path("model_type").asText()).isEqualTo("bert");
    }
    for (String index : List.of("given", "expanded", "longer", "odd table")) {
      TinyGraph graph = TinyGraph.bert();
      graph.index = index;
      assertThatThrownBy(() -> convert(graph.build()))
          .as(index)
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("how positions are counted");
    }
    for (String index : List.of("moved", "later", "later table", "later part")) {
      TinyGraph graph = TinyGraph.bert();
      graph.index = index;
      assertThatThrownBy(() -> convert(graph.build()))
          .as(index)
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining(
              index.equals("later part") ? "count from 1 on" : "positions count from 2 on");
    }
  }

  @Test
  void aCountFromAnotherNumberThanThePaddingIsRefused() {
    for (int first : List.of(0, 2)) {
      TinyGraph graph = new TinyGraph("roberta.", false);
      graph.counted = true;
      graph.first = first;
      assertThatThrownBy(() -> convert(graph.build()))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("the first token has the position " + (first + 1))
          .hasMessageContaining("the one after the padding token, 2");
    }
  }

  /** What is written is what the families read. */
  @Test
  void theFolderLoads() throws IOException {
    TinyGraph roberta = new TinyGraph("roberta.", false);
    roberta.counted = true;
    roberta.types = 1;
    TinyGraph distilled = new TinyGraph("distilbert.", true);
    for (TinyGraph graph : List.of(TinyGraph.bert(), roberta, distilled)) {
      try (Backbone backbone =
          BackboneFamilies.standard()
              .load(ModelFolder.open(convert(graph.build())), Engine.reference())) {
        assertThat(backbone.spec().heads()).isEqualTo(TinyGraph.HEADS);
        assertThat(backbone.spec().layers()).isEqualTo(TinyGraph.LAYERS);
        assertThat(backbone.spec().vocabulary()).isEqualTo(TinyGraph.WORDS);
      }
    }
  }

  @Test
  void aDistilBertHasItsOwnNames() throws IOException {
    TinyGraph graph = new TinyGraph("distilbert.", true);
    Path out = convert(graph.build());
    holds(out, graph.weights);
    JsonNode config = config(out);
    assertThat(config.path("model_type").asText()).isEqualTo("distilbert");
    assertThat(config.path("n_heads").asInt()).isEqualTo(TinyGraph.HEADS);
    assertThat(config.path("n_layers").asInt()).isEqualTo(TinyGraph.LAYERS);
    assertThat(config.path("dim").asInt()).isEqualTo(TinyGraph.HIDDEN);
    assertThat(config.path("hidden_dim").asInt()).isEqualTo(TinyGraph.WIDE);
    assertThat(config.path("activation").asText()).isEqualTo("gelu");
  }

  @Test
  void whatIsNotRecognisedIsRefusedByName() {
    for (String operator : List.of("MatMulInteger", "QuantizeLinear", "DynamicQuantizeLinear")) {
      TinyGraph graph = TinyGraph.bert();
      graph.extra = operator;
      assertThatThrownBy(() -> convert(graph.build()))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining(operator);
    }
    TinyGraph fused = TinyGraph.bert();
    fused.extra = "SkipLayerNormalization";
    fused.extraDomain = "com.microsoft";
    assertThatThrownBy(() -> convert(fused.build()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("com.microsoft::SkipLayerNormalization");
    TinyGraph relative = TinyGraph.bert();
    relative.extraWeight = "encoder.layer.0.attention.self.distance_embedding.weight";
    assertThatThrownBy(() -> convert(relative.build()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("distance_embedding");
    TinyGraph quick = TinyGraph.bert();
    quick.activation = "QuickGelu";
    assertThatThrownBy(() -> convert(quick.build()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("Mul, Sigmoid");
    TinyGraph prefixed = new TinyGraph("gpt.h.", false);
    assertThatThrownBy(() -> convert(renamed(prefixed.build())))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("embeddings.word_embeddings.weight");
  }

  private static byte[] renamed(byte[] model) throws IOException {
    ModelProto.Builder builder = ModelProto.parseFrom(model).toBuilder();
    builder
        .getGraphBuilder()
        .getInitializerBuilderList()
        .forEach(tensor -> tensor.setName(tensor.getName().replace("word_embeddings", "wte")));
    return builder.build().toByteArray();
  }

  @Test
  void weightsOfAnotherTypeOrShapeAreRefused() throws IOException {
    byte[] whole = TinyGraph.bert().build();
    Consumer<TensorProto.Builder> integers =
        tensor -> tensor.setDataType(TensorProto.DataType.INT8_VALUE);
    Consumer<TensorProto.Builder> cut =
        tensor -> tensor.setRawData(tensor.getRawData().substring(4));
    Consumer<TensorProto.Builder> huge =
        tensor -> tensor.setDims(0, Long.MAX_VALUE).setDims(1, Long.MAX_VALUE);
    Consumer<TensorProto.Builder> negative = tensor -> tensor.setDims(0, -1);
    for (Consumer<TensorProto.Builder> change : List.of(integers, cut, huge, negative)) {
      ModelProto.Builder builder = ModelProto.parseFrom(whole).toBuilder();
      change.accept(builder.getGraphBuilder().getInitializerBuilder(0));
      assertThatThrownBy(() -> convert(builder.build().toByteArray()))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("word_embeddings");
    }
  }

  @Test
  void weightsInAFileBesideAreRead() throws IOException {
    TinyGraph graph = TinyGraph.bert();
    byte[] whole = graph.build();
    ModelProto.Builder builder = ModelProto.parseFrom(whole).toBuilder();
    TensorProto.Builder words = builder.getGraphBuilder().getInitializerBuilder(0);
    byte[] bytes = words.getRawData().toByteArray();
    byte[] padded = new byte[bytes.length + 16];
    System.arraycopy(bytes, 0, padded, 16, bytes.length);
    Files.write(folder.resolve("weights.data"), padded);
    words.clearRawData().setDataLocation(TensorProto.DataLocation.EXTERNAL);
    external(words, "weights.data", "16");
    holds(convert(builder.build().toByteArray()), graph.weights);
    for (String outside : List.of("../weights.data", "/etc/passwd", "", "a/../../b", "a\\b")) {
      words.clearExternalData();
      external(words, outside, "0");
      assertThatThrownBy(() -> convert(builder.build().toByteArray()))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("'" + outside + "'");
    }
    words.clearExternalData();
    external(words, "weights.data", "17");
    assertThatThrownBy(() -> convert(builder.build().toByteArray()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("weights.data");
  }

  private static void external(TensorProto.Builder tensor, String location, String offset) {
    tensor
        .addExternalData(StringStringEntryProto.newBuilder().setKey("location").setValue(location))
        .addExternalData(StringStringEntryProto.newBuilder().setKey("offset").setValue(offset));
  }

  @Test
  void damagedFilesAreRefusedOrRead() throws IOException {
    byte[] whole = TinyGraph.bert().build();
    Random random = new Random(3);
    Path file = folder.resolve("m.onnx");
    int read = 0;
    for (int i = 0; i < 1500; i++) {
      byte[] content =
          random.nextInt(3) == 0
              ? Arrays.copyOf(whole, random.nextInt(whole.length))
              : whole.clone();
      for (int j = random.nextInt(4); j >= 0 && content.length > 0; j--) {
        content[random.nextInt(content.length)] = (byte) random.nextInt(256);
      }
      Files.write(file, content);
      try {
        RecognisedEncoder encoder = RecognisedEncoder.of(OnnxGraph.read(file));
        encoder.config(0);
        encoder.weights().values().forEach(weight -> weight.constant().bytes());
        read++;
      } catch (InvalidInputException e) {
        assertThat(e).hasMessageContaining("m.onnx");
      }
    }
    assertThat(read).isBetween(1, 1499);
  }

  @Test
  void otherFilesAreNoModels() throws IOException {
    for (String text : List.of("", "no model", "version https://git-lfs.github.com/spec/v1\n")) {
      assertThatThrownBy(() -> convert(text.getBytes(StandardCharsets.UTF_8)))
          .isInstanceOf(InvalidInputException.class);
    }
    Files.writeString(tokenizer, "[1]", StandardCharsets.UTF_8);
    assertThatThrownBy(() -> convert(TinyGraph.bert().build()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("no tokenizer.json");
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left.filter(path -> path.toString().endsWith(".tmp"))).isEmpty();
    }
  }
}
