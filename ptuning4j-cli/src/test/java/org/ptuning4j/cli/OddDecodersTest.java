package org.ptuning4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Small trained checkpoints of GPT-2's shape do from the command line what their authors say. They
 * come without a tokenizer that others read: one of single characters is written beside them.
 */
class OddDecodersTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String SHAKESPEARE =
      """
      First Citizen:
      Before we proceed any further, hear me speak.

      All:
      Speak, speak.

      First Citizen:
      You are all resolved rather to die than to famish?

      All:
      Resolved. resolved.

      First Citizen:
      First, you know Caius Marcius is chief enemy to the people.
      """;

  @TempDir Path temp;

  private Path copy(String name) throws IOException {
    Path at = Path.of("").toAbsolutePath();
    while (at != null && !Files.isDirectory(at.resolve("shared"))) {
      at = at.getParent();
    }
    Path found = (at == null ? Path.of("shared") : at.resolve("shared")).resolve("models/odd");
    Path model = found.resolve(name);
    Assumptions.assumeTrue(Files.isDirectory(model), () -> "skipped: no " + model);
    try (Stream<Path> files = Files.list(model)) {
      for (Path file : files.toList()) {
        try (InputStream content = Files.newInputStream(file)) {
          Files.copy(content, temp.resolve(file.getFileName().toString()));
        }
      }
    }
    return temp;
  }

  /** A tokenizer whose words are single characters. */
  private void writeTokenizer(Map<String, Integer> ids, String unknown) throws IOException {
    ObjectNode tokenizer = JSON.createObjectNode();
    tokenizer.put("version", "1.0");
    tokenizer.putArray("added_tokens");
    ObjectNode split = tokenizer.putObject("pre_tokenizer");
    split.put("type", "Split").put("behavior", "Isolated").put("invert", false);
    split.putObject("pattern").put("Regex", "[\\s\\S]");
    tokenizer.putObject("decoder").put("type", "Fuse");
    ObjectNode words = tokenizer.putObject("model");
    words.put("type", "WordLevel").put("unk_token", unknown);
    words.set("vocab", JSON.valueToTree(ids));
    JSON.writeValue(temp.resolve("tokenizer.json").toFile(), tokenizer);
  }

  @Test
  void digitsAreSorted() throws IOException {
    Path model = copy("gpt-nano-sort");
    writeTokenizer(Map.of("0", 0, "1", 1, "2", 2), "0");
    Path rows = temp.resolve("rows.txt");
    String inputs =
        IntStream.range(0, 729)
            .mapToObj(number -> String.format("%6s", Integer.toString(number, 3)).replace(' ', '0'))
            .collect(Collectors.joining("\n"));
    Files.writeString(rows, inputs, StandardCharsets.UTF_8);

    Run run =
        Run.of(
            "generate",
            "--model",
            model + "",
            "--precision",
            "fp32",
            "--max-new-tokens",
            "6",
            "--input",
            rows + "");

    assertThat(run.code()).as(run.err()).isZero();
    String[] digits = inputs.split("\n", -1);
    assertThat(run.lines()).hasSize(729);
    for (int i = 0; i < digits.length; i++) {
      assertThat(JSON.readTree(run.lines().get(i)).get("text").asText())
          .isEqualTo(
              digits[i]
                  .chars()
                  .sorted()
                  .mapToObj(Character::toString)
                  .collect(Collectors.joining()));
    }
  }

  @Test
  void shakespeareIsForetold() throws IOException {
    Path model = copy("tinygpt-shakespeare-char");
    JsonNode names = JSON.readTree(model.resolve("char_tokenizer.json").toFile()).get("itos");
    Map<String, Integer> ids = new TreeMap<>();
    names
        .properties()
        .forEach(each -> ids.put(each.getValue().asText(), Integer.parseInt(each.getKey())));
    writeTokenizer(ids, " ");
    Path rows = temp.resolve("rows.jsonl");
    JSON.writeValue(rows.toFile(), Map.of("text", SHAKESPEARE));

    Run run =
        Run.of(
            "eval",
            "--model",
            model + "",
            "--task",
            "language-modelling",
            "--data",
            rows + "",
            "--precision",
            "fp32",
            "--json");

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(JSON.readTree(run.out()).at("/metrics/nats").asDouble()).isBetween(1.84, 2.01);
  }
}
