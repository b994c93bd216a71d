package org.ptuning4j.server;

import org.ptuning4j.pack.Pack;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.server.config.ServerSettings;
import org.ptuning4j.server.http.Address;
import org.ptuning4j.server.serving.PredictorServing;
import org.ptuning4j.tensor.engine.Precision;

/** A server in this process, over bert-mini and little packs. */
public final class TestServer implements AutoCloseable {

  private final Predictor predictor;
  private final ModelServer server;

  private TestServer(Predictor predictor, ModelServer server) {
    this.predictor = predictor;
    this.server = server;
  }

  /** A server of the tasks {@code reviews}, {@code again} (the same pack) and {@code pairs}. */
  public static TestServer withPacks() {
    return withPacks(ServerSettings.standard());
  }

  /** The same with other settings. */
  public static TestServer withPacks(ServerSettings settings) {
    Predictor predictor = Predictor.open(TestPacks.model(), Precision.FP32);
    PredictorServing serving = new PredictorServing(predictor, 4096);
    serving.add("reviews", Pack.open(TestPacks.reviews()));
    serving.add("again", Pack.open(TestPacks.reviews()));
    serving.add("pairs", Pack.open(TestPacks.pairs()));
    return new TestServer(
        predictor, ModelServer.start(serving, new Address("127.0.0.1", 0), settings));
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
    predictor.close();
  }
}
