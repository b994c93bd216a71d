package org.ptuning4j.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.slf4j.LoggerFactory;

/** What a logger logs while this is open. */
public final class LogLines implements AutoCloseable {

  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Logger logger;

  /** Begins to listen. */
  public LogLines(String name) {
    logger = (Logger) LoggerFactory.getLogger(name);
    lines.start();
    logger.addAppender(lines);
    logger.setLevel(Level.INFO);
  }

  /** The lines until now. */
  public List<String> all() {
    return List.copyOf(lines.list).stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  /** The lines until now, each of them JSON. */
  public List<JsonNode> json() {
    List<JsonNode> all = new ArrayList<>();
    for (String line : all()) {
      try {
        all.add(new ObjectMapper().readTree(line));
      } catch (JsonProcessingException e) {
        throw new AssertionError(line, e);
      }
    }
    return all;
  }

  /** The lines, once there are so many; what there is after some seconds otherwise. */
  public List<JsonNode> await(int count) throws InterruptedException {
    return await(lines -> lines.size() >= count);
  }

  /**
   * The lines of some requests, once all are there. A line is written after its answer is sent, so
   * that one of an earlier request may come among them.
   *
   * @param ids of the requests
   */
  public List<JsonNode> awaitOf(String... ids) throws InterruptedException {
    Set<String> asked = Set.of(ids);
    Predicate<JsonNode> own = line -> asked.contains(line.at("/id").asText());
    return await(lines -> lines.stream().filter(own).count() >= ids.length).stream()
        .filter(own)
        .toList();
  }

  /** The lines, once they suffice; what there is after some seconds otherwise. */
  public List<JsonNode> await(Predicate<List<JsonNode>> enough) throws InterruptedException {
    for (int i = 0; i < 500 && !enough.test(json()); i++) {
      Thread.sleep(10);
    }
    return json();
  }

  @Override
  public void close() {
    logger.detachAppender(lines);
    logger.setLevel(null);
  }
}
