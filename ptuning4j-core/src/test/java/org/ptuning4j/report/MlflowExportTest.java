package org.ptuning4j.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyModel;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.report.TrackingServer.Known;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.train.Training;
import org.ptuning4j.train.TrainingData;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.run.TrainingListener;

/**
 * Runs on a tracking server, one of the tests' own that does what MLflow's API is documented to.
 */
class MlflowExportTest {

  @TempDir static Path folder;
  private static Path run;
  private TrackingServer server;

  @BeforeEach
  void start() throws IOException {
    server = new TrackingServer();
    if (run == null) {
      run = train();
    }
  }

  private static Path train() {
    TinyModel.data(folder.resolve("train.jsonl"), 16, 1);
    TinyModel.data(folder.resolve("dev.jsonl"), 8, 2);
    Path out = folder.resolve("run");
    TrainingConfig config =
        TrainingConfig.builder()
            .method(PTuningV2.ofLength(2))
            .epochs(2)
            .precision(Precision.FP32)
            .build();
    new Training(TinyModel.bert(), TinyModel.task(), config)
        .run(
            TrainingData.of(folder.resolve("train.jsonl"), folder.resolve("dev.jsonl")),
            out,
            TrainingListener.silent());
    return out;
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private MlflowExport export(Map<String, String> environment) {
    return new MlflowExport(MlflowServer.at(server.address() + "/", environment), "first & last");
  }

  private static ReportedRun reported() {
    return ReportedRun.read("a run", run, "accuracy");
  }

  @Test
  void settingsEvaluationsAndCostsAreThere() throws IOException {
    MlflowExport.Exported exported = export(Map.of()).export(reported());
    assertThat(exported.isNew()).isTrue();
    assertThat(server.experiments).containsOnlyKeys("first & last");
    Known known = server.runs.get(exported.id());
    assertThat(known.name).isEqualTo("a run");
    assertThat(known.status).isEqualTo("FINISHED");
    assertThat(known.params)
        .containsEntry("method", "p-tuning-v2")
        .containsEntry("prompt_length", "2")
        .containsEntry("epochs", "2")
        .doesNotContainKey("projection"); // which is not set
    ReportedRun read = reported();
    Map<Integer, Double> accuracy = TrackingServer.values(known, "dev_accuracy");
    assertThat(accuracy).hasSize(2);
    read.curve().forEach(point -> assertThat(accuracy).containsEntry(point.step(), point.value()));
    assertThat(TrackingServer.values(known, "train_loss")).hasSize(2);
    assertThat(TrackingServer.values(known, "best_accuracy").values())
        .containsExactly(read.result().best().get("accuracy"));
    assertThat(TrackingServer.values(known, "trainable_parameters").values())
        .containsExactly((double) read.result().trainableParameters());
    assertThat(server.authorizations).containsOnly("null");
  }

  @Test
  void aRunThatIsThereIsNotBroughtAgainAndOneThatIsHalfThereIs() {
    server.failAfter = 4; // the experiment is asked for and made, the run is looked for and made
    assertThatThrownBy(() -> export(Map.of()).export(reported()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("runs/log-batch with status 500: the store is full");
    assertThat(server.runs).hasSize(1);
    server.failAfter = Integer.MAX_VALUE;
    String id = export(Map.of()).export(reported()).id();
    assertThat(server.runs).hasSize(2);
    assertThat(server.runs.get("run-1").deleted).isTrue();
    MlflowExport.Exported again = export(Map.of()).export(reported());
    assertThat(again).isEqualTo(new MlflowExport.Exported(id, false));
    assertThat(server.runs).hasSize(2);
  }

  @Test
  void whoAsksIsSaidAsMlflowsOwnClientsDo() {
    export(Map.of("MLFLOW_TRACKING_TOKEN", "secret")).export(reported());
    assertThat(server.authorizations).containsOnly("Bearer secret");
    server.authorizations.clear();
    export(Map.of("MLFLOW_TRACKING_USERNAME", "me", "MLFLOW_TRACKING_PASSWORD", "pw"))
        .export(reported());
    assertThat(server.authorizations).containsOnly("Basic bWU6cHc=");
  }

  @Test
  void whatIsNoServerIsSaid() throws IOException {
    for (String address : new String[] {"runs", "file:///runs", "http:///x", "http://a b"}) {
      assertThatThrownBy(() -> MlflowServer.at(address, Map.of()))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("mlflow: '" + address + "' must be the address");
    }
    int unused;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      unused = socket.getLocalPort();
    }
    MlflowServer nobody = MlflowServer.at("http://127.0.0.1:" + unused, Map.of());
    assertThatThrownBy(() -> new MlflowExport(nobody, "x").export(reported()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("does not answer");
  }
}
