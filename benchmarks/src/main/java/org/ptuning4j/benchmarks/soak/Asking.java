package org.ptuning4j.benchmarks.soak;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Asks one question after the other, of all kinds that the server takes, and looks at each answer.
 *
 * @param address of the server
 * @param packs that are asked
 * @param texts of the questions
 * @param tally counts
 */
record Asking(URI address, ChangingPacks packs, List<String> texts, Tally tally) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What was asked, answered rightly, and not. */
  static final class Tally {
    final AtomicLong requests = new AtomicLong();
    final AtomicLong answers = new AtomicLong();
    final AtomicLong wrong = new AtomicLong();

    private void wrong(String asked, int status, String body) {
      if (wrong.incrementAndGet() <= 10) {
        System.err.println("wrong: " + asked + " -> " + status + " " + body);
      }
    }
  }

  private record Question(int name, int text) {}

  /** Asks until so many requests have been made by all together. */
  void ask(long seed, long requests) throws IOException, InterruptedException {
    SplittableRandom random = new SplittableRandom(seed);
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    while (tally.requests.incrementAndGet() <= requests) {
      int kind = random.nextInt(100);
      if (kind < 70) {
        List<Question> one = questions(random, 1);
        check(client, one, "/v1/predict", predict(one.get(0)));
      } else if (kind < 82) {
        List<Question> some = questions(random, 2 + random.nextInt(4));
        check(client, some, "/v1/batch", batch(some));
      } else if (kind < 90) {
        List<Question> some = about(random.nextInt(texts.size()));
        check(client, some, "/v1/predict", everyTask(some));
      } else if (kind < 95) {
        refused(client, 404, "{\"task\":\"nobody\",\"text\":\"a\"}");
      } else {
        refused(client, 422, "{\"task\":\"task-0\",\"txt\":\"a\"}");
      }
    }
  }

  private List<Question> questions(SplittableRandom random, int count) {
    List<Question> some = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      some.add(new Question(random.nextInt(packs.count()), random.nextInt(texts.size())));
    }
    return some;
  }

  private List<Question> about(int text) {
    return List.of(new Question(0, text), new Question(1, text), new Question(2, text));
  }

  private Map<String, Object> predict(Question question) {
    return Map.of("task", ChangingPacks.name(question.name()), "text", texts.get(question.text()));
  }

  private Map<String, Object> batch(List<Question> questions) {
    return Map.of("requests", questions.stream().map(this::predict).toList());
  }

  private Map<String, Object> everyTask(List<Question> questions) {
    return Map.of(
        "tasks",
        questions.stream().map(each -> ChangingPacks.name(each.name())).toList(),
        "text",
        texts.get(questions.get(0).text()));
  }

  private HttpResponse<String> post(HttpClient client, String path, String body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(address.resolve(path))
            .timeout(Duration.ofSeconds(60))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private void check(HttpClient client, List<Question> asked, String path, Map<String, Object> body)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    String sent = JSON.writeValueAsString(body);
    HttpResponse<String> reply = post(client, path, sent);
    JsonNode said = JSON.readTree(reply.body());
    JsonNode results = said.at("/results");
    for (int i = 0; i < asked.size(); i++) {
      JsonNode answer = (results.isArray() ? results.at("/" + i) : said).at("/answer");
      Question question = asked.get(i);
      tally.answers.incrementAndGet();
      if (reply.statusCode() != 200
          || !packs.isRight(question.name(), question.text(), answer, start)) {
        tally.wrong(sent, reply.statusCode(), reply.body());
      }
    }
  }

  private void refused(HttpClient client, int status, String body)
      throws IOException, InterruptedException {
    HttpResponse<String> reply = post(client, "/v1/predict", body);
    if (reply.statusCode() != status) {
      tally.wrong(body, reply.statusCode(), reply.body());
    }
  }
}
