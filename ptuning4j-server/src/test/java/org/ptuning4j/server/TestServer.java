package org.ptuning4j.server;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.predict.PredictorOptions;
import org.ptuning4j.registry.FollowedRegistry;
import org.ptuning4j.server.config.Address;
import org.ptuning4j.server.config.ServerSettings;
import org.ptuning4j.server.observe.ServerMetrics;
import org.ptuning4j.server.serving.BatchedServing;
import org.ptuning4j.server.serving.PackAdministration;
import org.ptuning4j.server.trace.Traces;
import org.ptuning4j.tensor.engine.Precision;

/** A server in this process, over bert-mini and little packs. */
public final class TestServer implements AutoCloseable {

  private final Predictor predictor;
  private final BatchedServing serving;
  private final ModelServer server;

  private TestServer(Predictor predictor, BatchedServing serving, ModelServer server) {
    this.serving = serving;
    this.predictor = predictor;
    this.server = server;
  }

  /** A server of the tasks {@code reviews}, {@code again} (the same pack) and {@code pairs}. */
  public static TestServer withPacks() {
    return withPacks(ServerSettings.standard());
  }

  /** The same with other settings. */
  public static TestServer withPacks(ServerSettings settings) {
    return withPacks(settings, Optional.empty(), Traces.none());
  }

  /** The same with settings of a file, which may change. */
  public static TestServer ofFile(Path file) {
    return withPacks(ServerSettings.read(file), Optional.of(file), Traces.none());
  }

  /** The same with traces, which the caller closes. */
  public static TestServer withTraces(ServerSettings settings, Traces traces) {
    return withPacks(settings, Optional.empty(), traces);
  }

  private static TestServer withPacks(ServerSettings settings, Optional<Path> file, Traces traces) {
    Map<String, Path> packs =
        Map.of(
            "reviews", TestPacks.reviews(),
            "again", TestPacks.reviews(),
            "pairs", TestPacks.pairs());
    Predictor predictor = Predictor.open(TestPacks.model(), Precision.FP32);
    return over(predictor, packs, Optional.empty(), settings, file, traces);
  }

  /** A server of the tasks of a predictor, which it closes in the end. */
  public static TestServer over(Predictor predictor) {
    return over(
        predictor,
        Map.of(),
        Optional.empty(),
        ServerSettings.standard(),
        Optional.empty(),
        Traces.none());
  }

  /** A server of the packs of a registry, which the caller closes. */
  public static TestServer over(FollowedRegistry registry, ServerSettings settings) {
    PredictorOptions options =
        PredictorOptions.standard().withPrecision(Precision.FP32).withSource(registry);
    Predictor predictor = Predictor.open(TestPacks.model(), options);
    return over(
        predictor, Map.of(), Optional.of(registry), settings, Optional.empty(), Traces.none());
  }

  private static TestServer over(
      Predictor predictor,
      Map<String, Path> packs,
      Optional<FollowedRegistry> registry,
      ServerSettings settings,
      Optional<Path> file,
      Traces traces) {
    ServerMetrics metrics = new ServerMetrics();
    BatchedServing serving =
        new BatchedServing(
            predictor, packs, registry, settings.limits().batching(), metrics.questions());
    return new TestServer(
        predictor,
        serving,
        ModelServer.start(
            serving, serving, metrics, new Address("127.0.0.1", 0), settings, file, traces));
  }

  /** Its packs. */
  public PackAdministration packs() {
    return serving;
  }

  /** A client of it. */
  public HttpClientForTests client() {
    return new HttpClientForTests(server.port());
  }

  /** The server itself. */
  public ModelServer server() {
    return server;
  }

  @Override
  public void close() {
    server.close();
    serving.close();
    predictor.close();
  }
}
