package org.ptuning4j.server.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.io.IOException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.server.HttpClientForTests;
import org.ptuning4j.server.HttpClientForTests.Reply;
import org.ptuning4j.server.LogLines;
import org.ptuning4j.server.TestServer;
import org.ptuning4j.server.config.Address;
import org.ptuning4j.server.config.Limits;
import org.ptuning4j.server.config.ServerSettings;
import org.ptuning4j.server.http.AccessLog;
import org.ptuning4j.server.inference.grpc.protocol.GRPCInferenceServiceGrpc;
import org.ptuning4j.server.inference.grpc.protocol.InferTensorContents;
import org.ptuning4j.server.inference.grpc.protocol.ModelInferRequest;

/** Traces as a collector gets them, of a server over real packs. */
class TracesTest {

  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String PARENT = "b7ad6b7169203331";
  private static final String TRACEPARENT = "00-" + TRACE + "-" + PARENT + "-01";
  private static final String SECRET = "A great film about nobody's business.";

  private OtlpReceiver receiver;

  @BeforeEach
  void listen() throws IOException {
    receiver = new OtlpReceiver();
  }

  @AfterEach
  void stop() {
    receiver.close();
  }

  private Map<String, String> environment(String... more) {
    Map<String, String> environment = new HashMap<>();
    environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.endpoint());
    for (int i = 0; i < more.length; i += 2) {
      environment.put(more[i], more[i + 1]);
    }
    return environment;
  }

  /** Spans of a server while something is asked of it; all are there when it is closed. */
  private List<Span> spans(Map<String, String> environment, Consumer<TestServer> asking) {
    ServerSettings usual = ServerSettings.standard();
    ServerSettings settings =
        new ServerSettings(
            Limits.standard(),
            usual.hosts(),
            usual.keys(),
            usual.tls(),
            Optional.of(new Address("127.0.0.1", 0)),
            Optional.of(new Address("127.0.0.1", 0)),
            true);
    try (Traces traces = Traces.ofEnvironment(environment);
        TestServer server = TestServer.withTraces(settings, traces)) {
      asking.accept(server);
    }
    return receiver.spans();
  }

  private static String hex(ByteString id) {
    return HexFormat.of().formatHex(id.toByteArray());
  }

  private static Span named(List<Span> spans, String name) {
    List<Span> found = spans.stream().filter(span -> span.getName().equals(name)).toList();
    assertThat(found).as(name + " of " + names(spans)).hasSize(1);
    return found.get(0);
  }

  private static List<String> names(List<Span> spans) {
    return spans.stream().map(Span::getName).toList();
  }

  private static List<Span> children(List<Span> spans, Span of) {
    return spans.stream().filter(span -> span.getParentSpanId().equals(of.getSpanId())).toList();
  }

  @Test
  void aRequestHasASpanWithItsStages() {
    List<Span> spans =
        spans(
            environment("OTEL_SERVICE_NAME", "shop", "OTEL_EXPORTER_OTLP_HEADERS", "x-tenant=a"),
            server -> {
              Reply reply =
                  server
                      .client()
                      .with("traceparent", TRACEPARENT)
                      .post("/v1/predict", "{\"task\":\"reviews\",\"text\":\"" + SECRET + "\"}");
              assertThat(reply.status()).isEqualTo(200);
            });
    Span request = named(spans, "POST /v1/predict");
    assertThat(hex(request.getTraceId())).isEqualTo(TRACE);
    assertThat(hex(request.getParentSpanId())).isEqualTo(PARENT);
    assertThat(request.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
    assertThat(OtlpReceiver.attributes(request))
        .containsEntry("http.request.method", "POST")
        .containsEntry("http.route", "/v1/predict")
        .containsEntry("http.response.status_code", "200")
        .containsEntry("ptuning4j.questions", "1");
    Span question = named(spans, "question");
    assertThat(names(children(spans, request))).containsExactlyInAnyOrder("question", "answer");
    assertThat(OtlpReceiver.attributes(question))
        .containsEntry("ptuning4j.task", "reviews")
        .containsEntry("ptuning4j.outcome", "answered");
    List<Span> stages = children(spans, question);
    assertThat(names(stages)).containsExactly("queue", "tokenise", "wait", "forward");
    long at = question.getStartTimeUnixNano();
    for (Span stage : stages) {
      assertThat(stage.getStartTimeUnixNano()).isEqualTo(at);
      at = stage.getEndTimeUnixNano();
    }
    assertThat(at).isEqualTo(question.getEndTimeUnixNano());
    assertThat(named(spans, "answer").getStartTimeUnixNano()).isEqualTo(at);
    assertThat(spans).allMatch(span -> hex(span.getTraceId()).equals(TRACE));
    assertThat(receiver.resource()).containsEntry("service.name", "shop");
    assertThat(receiver.tenants()).containsOnly("a");
  }

  @Test
  void nothingOfTextsAnswersPathsAndKeysIsInThem() {
    List<Span> spans =
        spans(
            environment(),
            server -> {
              server
                  .client()
                  .post("/v1/predict", "{\"task\":\"reviews\",\"text\":\"" + SECRET + "\"}");
              server.client().get("/v1/tasks/nobody-s-business");
              server.client().with("Authorization", "Bearer nobody-s").get("/nobody-s-business");
              server.client().post("/v1/predict", "{\"task\":\"nobody-s\",\"text\":\"a\"}");
            });
    assertThat(spans).hasSizeGreaterThan(4);
    assertThat(spans.toString()).doesNotContain("nobody").doesNotContain("great");
  }

  @Test
  void whatFailsSaysSo() {
    List<Span> spans =
        spans(
            environment(),
            server ->
                assertThat(
                        server
                            .client()
                            .post("/v1/predict", "{\"task\":\"unknown\",\"text\":\"a\"}")
                            .status())
                    .isEqualTo(404));
    Span request = named(spans, "POST /v1/predict");
    assertThat(OtlpReceiver.attributes(request))
        .containsEntry("http.response.status_code", "404")
        .containsEntry("ptuning4j.problem", "unknown-task");
    assertThat(request.getStatus().getCode()).isNotEqualTo(Status.StatusCode.STATUS_CODE_ERROR);
    assertThat(request.getParentSpanId()).isEmpty();
  }

  /** A request of a thousand questions is no trace of five thousand spans. */
  @Test
  void manyQuestionsOfARequestHaveFewSpans() {
    String inputs =
        Stream.generate(() -> "\"A great film.\"").limit(100).collect(Collectors.joining(","));
    List<Span> spans =
        spans(
            environment(),
            server ->
                server
                    .client()
                    .post("/v1/predict", "{\"task\":\"reviews\",\"inputs\":[" + inputs + "]}"));
    assertThat(names(spans).stream().filter("question"::equals)).hasSize(32);
    assertThat(OtlpReceiver.attributes(named(spans, "POST /v1/predict")))
        .containsEntry("ptuning4j.questions", "100");
  }

  @Test
  void callsOfGrpcHaveThemToo() {
    List<Span> spans =
        spans(
            environment(),
            server -> {
              ManagedChannel channel =
                  NettyChannelBuilder.forAddress(
                          "127.0.0.1", server.server().grpcPort().orElseThrow())
                      .usePlaintext()
                      .build();
              try {
                Metadata headers = new Metadata();
                headers.put(
                    Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER), TRACEPARENT);
                var client =
                    GRPCInferenceServiceGrpc.newBlockingStub(channel)
                        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
                client.modelInfer(question("reviews"));
                assertThatThrownBy(() -> client.modelInfer(question("unknown")))
                    .isInstanceOf(StatusRuntimeException.class);
              } finally {
                channel.shutdownNow();
              }
            });
    List<Span> calls =
        spans.stream()
            .filter(span -> span.getName().equals("inference.GRPCInferenceService/ModelInfer"))
            .toList();
    assertThat(calls).hasSize(2).allMatch(span -> hex(span.getTraceId()).equals(TRACE));
    assertThat(OtlpReceiver.attributes(calls.get(0)))
        .containsEntry("rpc.system", "grpc")
        .containsEntry("rpc.method", "ModelInfer")
        .containsEntry("rpc.grpc.status_code", "0");
    assertThat(names(children(spans, calls.get(0))))
        .containsExactlyInAnyOrder("question", "answer");
    assertThat(OtlpReceiver.attributes(calls.get(1)))
        .containsEntry("rpc.grpc.status_code", "5")
        .containsEntry("ptuning4j.problem", "unknown-task");
  }

  private static ModelInferRequest question(String model) {
    return ModelInferRequest.newBuilder()
        .setModelName(model)
        .addInputs(
            ModelInferRequest.InferInputTensor.newBuilder()
                .setName("text")
                .setDatatype("BYTES")
                .addShape(1)
                .setContents(
                    InferTensorContents.newBuilder()
                        .addBytesContents(ByteString.copyFromUtf8(SECRET))))
        .build();
  }

  @Test
  void healthAndMetricsHaveNoneAndLogsNameTheTrace() throws InterruptedException {
    try (LogLines lines = new LogLines(AccessLog.NAME)) {
      List<Span> spans =
          spans(
              environment(),
              server -> {
                server.client().get("/health/ready");
                new HttpClientForTests(server.server().adminPort().orElseThrow()).get("/metrics");
                server.client().get("/v1/tasks");
              });
      assertThat(names(spans)).containsExactly("GET /v1/tasks");
      List<JsonNode> all = lines.await(3);
      assertThat(all.stream().filter(line -> line.has("trace")))
          .singleElement()
          .satisfies(
              line ->
                  assertThat(line.at("/trace").asText()).isEqualTo(hex(spans.get(0).getTraceId())));
    }
  }

  @Test
  void aSamplerThatTakesNothingIsObeyed() {
    List<Span> spans =
        spans(
            environment("OTEL_TRACES_SAMPLER", "always_off"),
            server ->
                server.client().post("/v1/predict", "{\"task\":\"reviews\",\"text\":\"A film.\"}"));
    assertThat(spans).isEmpty();
  }

  @Test
  void thereAreNoneUnlessTheyAreWanted() {
    for (Map<String, String> environment :
        List.of(
            Map.of("OTEL_SERVICE_NAME", "shop"),
            environment("OTEL_SDK_DISABLED", "true"),
            environment("OTEL_TRACES_EXPORTER", "none"))) {
      assertThat(
              spans(
                  environment,
                  server -> assertThat(server.client().get("/v1/tasks").status()).isEqualTo(200)))
          .isEmpty();
    }
  }

  @Test
  void whatCannotBeUsedIsNamed() {
    for (Map<String, String> wrong :
        List.of(
            environment("OTEL_EXPORTER_OTLP_PROTOCOL", "carrier-pigeon"),
            environment("OTEL_TRACES_EXPORTER", "zipkin"),
            environment("OTEL_TRACES_SAMPLER", "sometimes"),
            environment("OTEL_EXPORTER_OTLP_TIMEOUT", "soon"))) {
      assertThatThrownBy(() -> Traces.ofEnvironment(wrong))
          .as(wrong.toString())
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith("a variable OTEL_… of the environment cannot be used: ");
    }
  }

  /** A collector that is away costs traces, and no answers. */
  @Test
  void aCollectorThatIsAwayChangesNoAnswer() {
    receiver.close();
    List<Span> spans =
        spans(
            environment("OTEL_EXPORTER_OTLP_TIMEOUT", "200"),
            server ->
                assertThat(
                        server
                            .client()
                            .post("/v1/predict", "{\"task\":\"reviews\",\"text\":\"A film.\"}")
                            .status())
                    .isEqualTo(200));
    assertThat(spans).isEmpty();
  }
}
