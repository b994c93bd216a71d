package org.ptuning4j.server.inference.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.server.LogLines;
import org.ptuning4j.server.TestKeys;
import org.ptuning4j.server.TestServer;
import org.ptuning4j.server.http.AccessLog;
import org.ptuning4j.server.inference.grpc.protocol.GRPCInferenceServiceGrpc;
import org.ptuning4j.server.inference.grpc.protocol.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import org.ptuning4j.server.inference.grpc.protocol.InferTensorContents;
import org.ptuning4j.server.inference.grpc.protocol.ModelInferRequest;
import org.ptuning4j.server.inference.grpc.protocol.ModelInferResponse;
import org.ptuning4j.server.inference.grpc.protocol.ModelMetadataRequest;
import org.ptuning4j.server.inference.grpc.protocol.ModelMetadataResponse;
import org.ptuning4j.server.inference.grpc.protocol.ModelReadyRequest;
import org.ptuning4j.server.inference.grpc.protocol.ServerLiveRequest;
import org.ptuning4j.server.inference.grpc.protocol.ServerMetadataRequest;
import org.ptuning4j.server.inference.grpc.protocol.ServerReadyRequest;

/** The Open Inference Protocol over gRPC, asked by the protocol's own stub. */
class GrpcInferenceTest {

  @TempDir Path folder;

  private TestServer server;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("server.yaml"), "grpc: {port: 0}\nlimits: {text-length: 200}\n");
    serve(file);
  }

  private void serve(Path file) {
    stop();
    server = TestServer.ofFile(file);
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.server().grpcPort().orElseThrow())
            .usePlaintext()
            .build();
  }

  @AfterEach
  void stop() {
    if (channel != null) {
      channel.shutdownNow();
      server.close();
    }
  }

  private GRPCInferenceServiceBlockingStub client() {
    return GRPCInferenceServiceGrpc.newBlockingStub(channel);
  }

  private static ModelInferRequest.Builder request(String model, String... texts) {
    InferTensorContents.Builder contents = InferTensorContents.newBuilder();
    for (String text : texts) {
      contents.addBytesContents(ByteString.copyFromUtf8(text));
    }
    return ModelInferRequest.newBuilder()
        .setModelName(model)
        .setId("seven")
        .addInputs(
            ModelInferRequest.InferInputTensor.newBuilder()
                .setName("text")
                .setDatatype("BYTES")
                .addShape(texts.length)
                .setContents(contents));
  }

  private static List<String> texts(ModelInferResponse response, String output) {
    return response.getOutputsList().stream()
        .filter(each -> each.getName().equals(output))
        .flatMap(each -> each.getContents().getBytesContentsList().stream())
        .map(ByteString::toStringUtf8)
        .toList();
  }

  private static StatusRuntimeException refused(Runnable call) {
    return catchThrowableOfType(StatusRuntimeException.class, call::run);
  }

  @Test
  void theServerAndItsModelsAreTold() {
    assertThat(client().serverLive(ServerLiveRequest.getDefaultInstance()).getLive()).isTrue();
    assertThat(client().serverReady(ServerReadyRequest.getDefaultInstance()).getReady()).isTrue();
    assertThat(client().serverMetadata(ServerMetadataRequest.getDefaultInstance()).getName())
        .isEqualTo("ptuning4j");
    ModelReadyRequest.Builder ready = ModelReadyRequest.newBuilder();
    assertThat(client().modelReady(ready.setName("reviews").build()).getReady()).isTrue();
    assertThat(client().modelReady(ready.setName("nothing").build()).getReady()).isFalse();
    ModelMetadataResponse pairs =
        client().modelMetadata(ModelMetadataRequest.newBuilder().setName("pairs").build());
    assertThat(pairs.getInputsList())
        .extracting(ModelMetadataResponse.TensorMetadata::getName)
        .containsExactly("text", "pair");
    assertThat(pairs.getOutputs(0).getName()).isEqualTo("label");
  }

  @Test
  void rowsAreAnswered() {
    ModelInferResponse response =
        client().modelInfer(request("reviews", "A great film.", "An awful meal.").build());
    assertThat(response.getId()).isEqualTo("seven");
    assertThat(response.getModelName()).isEqualTo("reviews");
    assertThat(texts(response, "label")).containsExactly("good", "bad");
    assertThat(texts(response, "answer_json")).hasSize(2);
    String http =
        server
            .client()
            .post("/v1/predict", "{\"task\":\"reviews\",\"text\":\"A great film.\"}")
            .json()
            .at("/answer/probability")
            .asText();
    double probability =
        response.getOutputsList().stream()
            .filter(each -> each.getName().equals("probability"))
            .findFirst()
            .orElseThrow()
            .getContents()
            .getFp64Contents(0);
    assertThat(probability).isCloseTo(Double.parseDouble(http), within(1e-4));
  }

  @Test
  void someOutputsAreChosen() {
    ModelInferRequest.InferRequestedOutputTensor label =
        ModelInferRequest.InferRequestedOutputTensor.newBuilder().setName("label").build();
    ModelInferResponse response =
        client().modelInfer(request("reviews", "A great film.").addOutputs(label).build());
    assertThat(response.getOutputsList()).hasSize(1);
    ModelInferRequest.InferRequestedOutputTensor other = label.toBuilder().setName("x").build();
    assertThat(
            refused(() -> client().modelInfer(request("reviews", "a").addOutputs(other).build()))
                .getStatus()
                .getDescription())
        .contains("label");
  }

  private static ByteString raw(String text) {
    ByteString content = ByteString.copyFromUtf8(text);
    ByteBuffer length = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
    return ByteString.copyFrom(length.putInt(content.size()).flip()).concat(content);
  }

  @Test
  void rawContentsAreAnsweredWithRawContents() {
    ModelInferRequest.Builder asked = request("reviews");
    asked.getInputsBuilder(0).clearShape().addShape(2).clearContents();
    asked.addRawInputContents(raw("A great film.").concat(raw("An awful meal.")));
    ModelInferResponse response = client().modelInfer(asked.build());
    assertThat(response.getOutputs(0).getName()).isEqualTo("label");
    assertThat(response.getRawOutputContents(0)).isEqualTo(raw("good").concat(raw("bad")));
    asked.setRawInputContents(0, raw("A great film.").substring(0, 9));
    assertThat(refused(() -> client().modelInfer(asked.build())).getStatus().getDescription())
        .contains("raw contents end within a text");
  }

  private void assertRefused(ModelInferRequest.Builder asked, Status.Code code, String kind) {
    StatusRuntimeException refused = refused(() -> client().modelInfer(asked.build()));
    assertThat(refused.getStatus().getCode()).isEqualTo(code);
    assertThat(refused.getTrailers().get(GrpcProblems.TYPE)).endsWith(kind);
    assertThat(refused.getStatus().getDescription()).isNotEmpty();
  }

  @Test
  void whatCannotBeAnsweredHasAStatusAndItsKind() {
    assertRefused(request("nothing", "a"), Status.Code.NOT_FOUND, "unknown-task");
    assertRefused(request("reviews", "a").setModelVersion("7"), Status.Code.NOT_FOUND, "not-found");
    assertRefused(request("pairs", "a"), Status.Code.INVALID_ARGUMENT, "unusable-input");
    assertRefused(request("reviews", "x".repeat(201)), Status.Code.INVALID_ARGUMENT, "too-large");
    ModelInferRequest.Builder shape = request("reviews", "a");
    shape.getInputsBuilder(0).clearShape().addShape(2);
    assertRefused(shape, Status.Code.INVALID_ARGUMENT, "bad-request");
    ModelInferRequest.Builder type = request("reviews", "a");
    type.getInputsBuilder(0).setDatatype("FP32");
    assertRefused(type, Status.Code.INVALID_ARGUMENT, "bad-request");
    ModelInferRequest.Builder name = request("reviews", "a");
    name.getInputsBuilder(0).setName("txt");
    assertRefused(name, Status.Code.INVALID_ARGUMENT, "unusable-input");
  }

  @Test
  void aMessageBeyondTheLimitIsNotRead() throws IOException, InterruptedException {
    serve(
        Files.writeString(
            folder.resolve("small.yaml"), "grpc: {port: 0}\nlimits: {body-bytes: 1000}\n"));
    try (LogLines lines = new LogLines(AccessLog.NAME)) {
      assertThat(
              refused(() -> client().modelInfer(request("reviews", "x".repeat(2_000)).build()))
                  .getStatus()
                  .getCode())
          .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
      assertThat(lines.await(1))
          .singleElement()
          .satisfies(
              line -> {
                assertThat(line.at("/status").asInt()).isEqualTo(413);
                assertThat(line.at("/problem").asText()).isEqualTo("too-large");
              });
    }
    assertThat(texts(client().modelInfer(request("reviews", "great").build()), "label"))
        .containsExactly("good");
  }

  private GRPCInferenceServiceBlockingStub with(String key) {
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + key);
    return client().withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  @Test
  void keysAreThoseOfHttp() throws IOException {
    Files.writeString(
        folder.resolve("keys.yaml"),
        "keys:\n" + TestKeys.line("shop", "secret-of-the-shop", ", tasks: [reviews]"));
    serve(
        Files.writeString(
            folder.resolve("keyed.yaml"), "grpc: {port: 0}\nkeys: {file: keys.yaml}\n"));
    ModelInferRequest asked = request("reviews", "A great film.").build();
    assertThat(refused(() -> client().modelInfer(asked)).getStatus().getCode())
        .isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(refused(() -> with("wrong").modelInfer(asked)).getStatus().getCode())
        .isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(texts(with("secret-of-the-shop").modelInfer(asked), "label"))
        .containsExactly("good");
    // a task that the key may not ask looks like one that is not there
    assertThat(
            refused(() -> with("secret-of-the-shop").modelInfer(request("pairs", "a").build()))
                .getStatus()
                .getCode())
        .isEqualTo(Status.Code.NOT_FOUND);
    assertThat(client().serverLive(ServerLiveRequest.getDefaultInstance()).getLive()).isTrue();
  }

  @Test
  void eachCallIsALineOfTheLog() throws Exception {
    try (LogLines lines = new LogLines(AccessLog.NAME)) {
      client().modelInfer(request("reviews", "A great film.").build());
      assertRefused(request("nothing", "a"), Status.Code.NOT_FOUND, "unknown-task");
      List<JsonNode> all =
          lines.await(
              some ->
                  some.stream()
                      .map(line -> line.at("/status").asInt())
                      .toList()
                      .containsAll(List.of(200, 404)));
      assertThat(all.stream().map(line -> line.at("/status").asInt())).contains(200, 404);
      assertThat(all.get(all.size() - 1).at("/path").asText())
          .isEqualTo("/inference.GRPCInferenceService/ModelInfer");
      assertThat(String.join("", lines.all())).doesNotContain("great");
    }
  }
}
