package org.ptuning4j.server.attack;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.ptuning4j.server.TestServer;
import org.ptuning4j.server.http.AccessLog;
import org.slf4j.LoggerFactory;

/** What a client sends never makes a line of its own in a log, and no text is logged. */
class LogInjectionTest {

  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(AccessLog.NAME);

  @BeforeEach
  void listen() {
    lines.start();
    logger.addAppender(lines);
    logger.setLevel(Level.INFO);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(lines);
    logger.setLevel(null);
  }

  private List<String> logged() {
    return List.copyOf(lines.list).stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Test
  void eachRequestIsOneLineOfPlainAscii() throws IOException {
    try (TestServer server = TestServer.withPacks()) {
      server.client().get("/a%0d%0a%22forged%22%3a%3cscript%3e%1b%5b31m%e2%80%a8");
      server
          .client()
          .post("/v1/predict", "{\"task\":\"reviews\",\"text\":\"A secret text, great.\"}");
      server.client().get("/" + "x".repeat(3_000));
    }
    assertThat(logged()).hasSize(3);
    for (String line : logged()) {
      assertThat(line).matches("[ -;=?-~]+"); // neither < nor > nor anything that is not printed
      JsonNode json = new ObjectMapper().readTree(line);
      assertThat(json.at("/path").asText()).hasSizeLessThan(250);
    }
    JsonNode asked = new ObjectMapper().readTree(logged().get(1));
    assertThat(asked.at("/path").asText()).isEqualTo("/v1/predict");
    assertThat(asked.at("/questions").asInt()).isEqualTo(1);
    assertThat(asked.at("/status").asInt()).isEqualTo(200);
    assertThat(String.join("", logged())).doesNotContain("secret");
  }
}
