package org.ptuning4j.server.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.ptuning4j.server.HttpClientForTests;
import org.ptuning4j.server.HttpClientForTests.Reply;
import org.ptuning4j.server.TestServer;

/** No row's answer depends on what is beside it in a batch, nor on packs that come and go. */
class MixedRequestsTest {

  /** In batches of many, from several clients: ten thousand questions in all. */
  private static final int CLIENTS = 4;

  private static final int BATCHES = 25;
  private static final int BATCH = 100;

  private static final List<String> TEXTS =
      List.of(
          "A great film.",
          "An awful meal that nobody should ever have to eat again in all their life.",
          "Dull",
          "The song was lovely, the play was not, and the book I have forgotten.",
          "<script>alert(1)</script>",
          "\u05e9\u05dc\u05d5\u05dd \ud83d\ude00 e\u0301");

  @Test
  void tenThousandMixedQuestionsEqualEachAlone() throws Exception {
    try (TestServer server = TestServer.withPacks()) {
      HttpClientForTests client = server.client();
      Map<String, JsonNode> alone = new HashMap<>();
      for (String question : questions()) {
        alone.put(question, client.post("/v1/predict", question).json().at("/answer"));
      }
      AtomicBoolean done = new AtomicBoolean();
      ExecutorService clients = Executors.newFixedThreadPool(CLIENTS + 1);
      try {
        Future<?> swapping = clients.submit(() -> swap(server, done));
        List<Future<Integer>> asking = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
          SplittableRandom random = new SplittableRandom(i);
          asking.add(clients.submit(() -> ask(client, random, alone)));
        }
        int answered = 0;
        for (Future<Integer> each : asking) {
          answered += each.get();
        }
        done.set(true);
        swapping.get();
        assertThat(answered).isEqualTo(CLIENTS * BATCHES * BATCH);
      } finally {
        done.set(true);
        clients.shutdown();
      }
    }
  }

  private static List<String> questions() {
    List<String> questions = new ArrayList<>();
    for (String text : TEXTS) {
      String quoted = "\"" + text + "\"";
      questions.add("{\"task\":\"reviews\",\"text\":" + quoted + "}");
      questions.add("{\"task\":\"again\",\"text\":" + quoted + "}");
      questions.add("{\"task\":\"pairs\",\"text\":" + quoted + ",\"pair\":\"A play.\"}");
    }
    return questions;
  }

  /** Replaces a pack by itself again and again: answers stay as they are. */
  private static Void swap(TestServer server, AtomicBoolean done) throws InterruptedException {
    while (!done.get()) {
      server.packs().load("again");
      Thread.sleep(20);
    }
    return null;
  }

  private static int ask(
      HttpClientForTests client, SplittableRandom random, Map<String, JsonNode> alone) {
    List<String> all = questions();
    int answered = 0;
    for (int batch = 0; batch < BATCHES; batch++) {
      List<String> asked = new ArrayList<>();
      for (int i = 0; i < BATCH; i++) {
        asked.add(all.get(random.nextInt(all.size())));
      }
      Reply reply = client.post("/v1/batch", "{\"requests\":[" + String.join(",", asked) + "]}");
      JsonNode results = reply.json().at("/results");
      for (int i = 0; i < BATCH; i++) {
        assertSame(alone.get(asked.get(i)), results.get(i).at("/answer"), asked.get(i));
        answered++;
      }
    }
    return answered;
  }

  private static void assertSame(JsonNode expected, JsonNode found, String question) {
    assertThat(found.at("/label")).as(question).isEqualTo(expected.at("/label"));
    assertThat(found.at("/probability").asDouble())
        .as(question)
        .isCloseTo(expected.at("/probability").asDouble(), within(1e-4));
  }
}
