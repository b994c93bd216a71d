package org.example.reviews;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.hub.Models;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.registry.PackReference;
import org.ptuning4j.registry.Registry;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.task.text.SequenceClassificationTask;
import org.ptuning4j.train.Training;
import org.ptuning4j.train.TrainingData;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.run.TrainingListener;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The application as it is started, asked over HTTP. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class ReviewsApplicationTest {

  @TempDir static Path folder;

  @Value("${local.server.port}")
  int port;

  /** A registry with one little pack. */
  @DynamicPropertySource
  static void publish(DynamicPropertyRegistry properties) throws Exception {
    Path rows = folder.resolve("rows.jsonl");
    Files.writeString(
        rows,
        """
        {"text": "A delight.", "label": "good"}
        {"text": "What a bore.", "label": "bad"}
        """);
    SequenceClassificationTask task =
        SequenceClassificationTask.onText("reviews", Template.column("text"), "label");
    TrainingConfig config =
        TrainingConfig.builder().method(PTuningV2.ofLength(4)).learningRate(1e-2).epochs(1).build();
    new Training(Models.resolve("bert-mini"), task, config)
        .run(TrainingData.of(rows, rows), folder.resolve("run"), TrainingListener.silent());
    Registry registry = Registry.openOrCreate(folder.resolve("registry"));
    registry.publish(folder.resolve("run/pack"), "reviews", "", Optional.empty());
    registry.promote(PackReference.of("reviews", 1), "prod");
    properties.add("ptuning4j.registry.folder", () -> registry.folder().toString());
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest.Builder at(String path) {
    return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path));
  }

  private HttpResponse<String> ask(String task, String text) throws Exception {
    return send(
        at("/tasks/" + task)
            .header("Content-Type", "text/plain;charset=UTF-8")
            .POST(HttpRequest.BodyPublishers.ofString(text)));
  }

  @Test
  void answersAndIsWatched() throws Exception {
    HttpResponse<String> answer = ask("reviews", "A delight from start to finish.");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).contains("\"label\":", "\"probabilities\":", "\"good\"", "\"bad\"");
    assertThat(ask("no-such-task", "A text.").statusCode()).isEqualTo(404);

    HttpResponse<String> health = send(at("/actuator/health/readiness"));
    assertThat(health.statusCode()).as(health.body()).isEqualTo(200);
    assertThat(health.body()).contains("\"ptuning4j\"", "\"reviews\":\"ready\"");
    assertThat(send(at("/actuator/prometheus")).body())
        .contains("ptuning4j_packs_resident 1.0", "ptuning4j_questions_total");
  }
}
