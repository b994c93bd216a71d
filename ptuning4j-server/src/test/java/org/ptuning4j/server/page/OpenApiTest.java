package org.ptuning4j.server.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.ptuning4j.server.HttpClientForTests;
import org.ptuning4j.server.TestServer;

/** The OpenAPI document says what the server does, no more and no less. */
class OpenApiTest {

  private static final Set<String> METHODS = Set.of("get", "post");

  private static TestServer server;
  private static HttpClientForTests client;
  private static JsonNode document;

  @BeforeAll
  static void start() {
    server = TestServer.withPacks();
    client = server.client();
    document = client.get("/openapi.json").json();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void itIsOfVersion31AndEveryReferenceLeadsSomewhere() {
    assertThat(document.at("/openapi").asText()).isEqualTo("3.1.0");
    assertThat(document.at("/info/title").asText()).isNotEmpty();
    assertThat(document.at("/info/version").asText()).isNotEmpty();
    List<JsonNode> references = document.findValues("$ref");
    assertThat(references).isNotEmpty();
    for (JsonNode reference : references) {
      assertThat(reference.asText()).startsWith("#/");
      assertThat(document.at(reference.asText().substring(1)).isMissingNode())
          .as(reference.asText())
          .isFalse();
    }
  }

  @Test
  void everyOperationIsComplete() {
    Set<String> ids = new HashSet<>();
    document
        .at("/paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .properties()
                    .forEach(
                        operation -> {
                          String place = operation.getKey() + " " + path.getKey();
                          JsonNode said = operation.getValue();
                          assertThat(METHODS).as(place).contains(operation.getKey());
                          assertThat(ids.add(said.at("/operationId").asText())).as(place).isTrue();
                          assertThat(said.at("/summary").asText()).as(place).isNotEmpty();
                          assertThat(said.at("/responses/200").isObject()).as(place).isTrue();
                          assertThat(
                                  said.findValuesAsText("name").containsAll(inPath(path.getKey())))
                              .as(place)
                              .isTrue();
                        }));
  }

  private static List<String> inPath(String path) {
    List<String> names = new ArrayList<>();
    for (String part : path.split("/", -1)) {
      if (part.startsWith("{")) {
        names.add(part.substring(1, part.length() - 1));
      }
    }
    return names;
  }

  @Test
  void itNamesTheServersAddressesAndOnlyThem() {
    Set<String> documented = new TreeSet<>();
    document
        .at("/paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .fieldNames()
                    .forEachRemaining(
                        method ->
                            documented.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));
    Set<String> served = new TreeSet<>(server.server().addresses());
    served.removeIf(
        address -> address.contains("/page/") || address.matches("GET /(docs|openapi.json)?"));
    assertThat(documented).isEqualTo(served);
  }

  @Test
  void itsExamplesAreUnderstood() {
    document
        .at("/paths")
        .properties()
        .forEach(
            path -> {
              JsonNode example =
                  path.getValue().at("/post/requestBody/content/application~1json/example");
              if (!example.isMissingNode()) {
                String address = path.getKey().replace("{model}", "reviews");
                assertThat(client.post(address, example.toString()).status())
                    .as(path.getKey())
                    .isIn(200, 404); // 404: an example's task need not be served here
              }
            });
  }
}
