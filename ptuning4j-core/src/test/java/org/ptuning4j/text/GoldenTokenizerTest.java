package org.ptuning4j.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.ptuning4j.InvalidInputException;

/**
 * Compares every encoding with the Hugging Face tokenizers library's own, recorded for each folder
 * of {@code golden.dir} that has a {@code tokenizer_cases.json}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GoldenTokenizerTest {

  private final List<TextTokenizer> opened = new ArrayList<>();

  @AfterAll
  void close() {
    opened.forEach(TextTokenizer::close);
  }

  @TestFactory
  Stream<DynamicContainer> tokenizers() throws IOException, URISyntaxException {
    List<Path> folders;
    try (Stream<Path> all = Files.list(goldenFolder())) {
      folders = all.filter(f -> Files.exists(f.resolve("tokenizer_cases.json"))).sorted().toList();
    }
    assertThat(folders).as("folders with tokenizer_cases.json").isNotEmpty();
    return folders.stream().map(this::container);
  }

  private static Path goldenFolder() throws URISyntaxException {
    String folder = System.getProperty("golden.dir");
    if (folder != null && !folder.isBlank()) {
      return Path.of(folder);
    }
    URI resources = GoldenTokenizerTest.class.getResource("/golden").toURI();
    return Path.of(resources);
  }

  private DynamicContainer container(Path folder) {
    JsonNode golden;
    try {
      golden = new ObjectMapper().readTree(folder.resolve("tokenizer_cases.json").toFile());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    TextTokenizer tokenizer = TextTokenizer.openWithSpecialTokensInTexts(folder.resolve("model"));
    opened.add(tokenizer);
    Stream<DynamicTest> cases =
        elements(golden.get("cases"))
            .map(
                c ->
                    DynamicTest.dynamicTest(c.get("name").asText(), () -> checkCase(tokenizer, c)));
    Stream<DynamicTest> batches =
        elements(golden.get("batches"))
            .map(
                b ->
                    DynamicTest.dynamicTest(
                        b.get("name").asText(), () -> checkBatch(tokenizer, b)));
    return DynamicContainer.dynamicContainer(
        folder.getFileName().toString(), Stream.concat(cases, batches));
  }

  private static Stream<JsonNode> elements(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }

  private static void checkCase(TextTokenizer tokenizer, JsonNode node) {
    Input input = Input.of(node.get("text"), node.get("pair"));
    Truncation truncation = truncation(node.path("truncation"));
    if (node.has("error")) {
      assertThatThrownBy(() -> input.encode(tokenizer, truncation))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining(String.valueOf(truncation.maxLength()))
          .hasMessageContaining(truncation.strategy().name());
      return;
    }
    boolean special = node.get("add_special_tokens").asBoolean();
    Encoding encoding =
        special
            ? input.encode(tokenizer, truncation)
            : tokenizer.encodeWithoutSpecialTokens(input.text(), input.pair(), truncation);
    JsonNode expected = node.get("encoding");
    input.check(encoding, expected, special, truncation.direction());
    checkTokens(tokenizer, encoding, expected);
    checkDecoding(tokenizer, encoding, node);
    if (expected.has("overflowing")) {
      checkWindows(tokenizer, input, truncation, expected);
    }
  }

  private static Truncation truncation(JsonNode node) {
    if (node.isMissingNode() || node.isNull()) {
      return Truncation.none();
    }
    return new Truncation(
        node.get("max_length").asInt(),
        Truncation.Strategy.valueOf(node.get("strategy").asText().toUpperCase(Locale.ROOT)),
        node.get("stride").asInt(),
        Truncation.Direction.valueOf(node.get("direction").asText().toUpperCase(Locale.ROOT)));
  }

  private static void checkTokens(TextTokenizer tokenizer, Encoding encoding, JsonNode expected) {
    for (int i = 0; i < encoding.length(); i++) {
      int id = encoding.ids()[i];
      // The library shows the text itself for unknown tokens, and takes along spaces before masks.
      if (tokenizer.unkId().orElse(-1) != id) {
        assertThat(tokenizer.token(id)).isEqualTo(expected.get("tokens").get(i).asText().strip());
        assertThat(tokenizer.tokenId(tokenizer.token(id))).hasValue(id);
      }
    }
  }

  private static void checkDecoding(TextTokenizer tokenizer, Encoding encoding, JsonNode node) {
    if (node.has("decoded_skip_special")) {
      assertThat(tokenizer.decode(encoding.ids()))
          .isEqualTo(node.get("decoded_skip_special").asText());
      assertThat(tokenizer.decodeWithSpecialTokens(encoding.ids()))
          .isEqualTo(node.get("decoded_keep_special").asText());
    }
  }

  /**
   * Since release 0.23 the library stops reading a text once it has maxLength tokens, so that later
   * windows are missing or short. What it has must be there in the same order: each of its windows
   * begins (cut from the left: ends) as one of ours. {@link NativeTruncationTest} compares complete
   * windows.
   */
  private static void checkWindows(
      TextTokenizer tokenizer, Input input, Truncation truncation, JsonNode expected) {
    List<Encoding> windows = tokenizer.encodeWindows(input.text(), input.pair(), truncation);
    assertThat(windows.get(0)).isEqualTo(tokenizer.encode(input.text(), input.pair(), truncation));
    int next = 1;
    for (JsonNode recorded : expected.get("overflowing")) {
      while (next < windows.size()
          && !input.isPartOf(recorded, windows.get(next), truncation.direction())) {
        next++;
      }
      assertThat(next).as("a window for %s", recorded.get("tokens")).isLessThan(windows.size());
      next++;
    }
    windows.forEach(window -> checkTypes(windows.get(0), window));
  }

  /** In every window a text's tokens have the type that they have in the first. */
  private static void checkTypes(Encoding first, Encoding window) {
    for (int i = 0; i < window.length(); i++) {
      for (int j = 0; j < first.length(); j++) {
        boolean sameText =
            !window.isSpecial(i) && window.sequenceIds()[i] == first.sequenceIds()[j];
        assertThat(sameText && window.typeIds()[i] != first.typeIds()[j])
            .as("type of token %d differs from the first window", i)
            .isFalse();
      }
    }
  }

  private static void checkBatch(TextTokenizer tokenizer, JsonNode batch) {
    JsonNode inputs = batch.get("inputs");
    JsonNode padding = batch.get("padding");
    for (int i = 0; i < inputs.size(); i++) {
      JsonNode text = inputs.get(i);
      Input input = text.isArray() ? Input.of(text.get(0), text.get(1)) : Input.of(text, null);
      Encoding encoding = input.encode(tokenizer, Truncation.none());
      JsonNode expected = batch.get("encodings").get(i);
      int padded = expected.get("ids").size() - encoding.length();
      int before = padding.get("direction").asText().equals("left") ? padded : 0;
      int[] ids = ints(expected.get("ids"));
      for (int j = 0; j < ids.length; j++) {
        boolean inside = j >= before && j < before + encoding.length();
        assertThat(ids[j])
            .isEqualTo(inside ? encoding.ids()[j - before] : padding.get("pad_id").asInt());
      }
    }
  }

  private static int[] ints(JsonNode array) {
    int[] values = new int[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).isNull() ? -1 : array.get(i).intValue();
    }
    return values;
  }

  /** One or two texts, or one or two lists of words. */
  private record Input(String text, String pair, List<String> words, List<String> pairWords) {

    static Input of(JsonNode text, JsonNode pair) {
      boolean hasPair = pair != null && !pair.isNull();
      return text.isArray()
          ? new Input(null, null, strings(text), hasPair ? strings(pair) : null)
          : new Input(text.asText(), hasPair ? pair.asText() : null, null, null);
    }

    private static List<String> strings(JsonNode array) {
      return elements(array).map(JsonNode::asText).toList();
    }

    Encoding encode(TextTokenizer tokenizer, Truncation truncation) {
      return words == null
          ? tokenizer.encode(text, pair, truncation)
          : tokenizer.encodeWords(words, pairWords, truncation);
    }

    void check(
        Encoding encoding, JsonNode expected, boolean special, Truncation.Direction direction) {
      assertThat(encoding.ids()).as("ids").isEqualTo(ints(expected.get("ids")));
      assertThat(encoding.typeIds()).as("typeIds").isEqualTo(ints(expected.get("type_ids")));
      assertThat(encoding.sequenceIds())
          .as("sequenceIds")
          .isEqualTo(ints(expected.get("sequence_ids")));
      int[] words = ints(expected.get("word_ids"));
      assertThat(encoding.wordIds())
          .as("wordIds")
          .isEqualTo(direction == Truncation.Direction.LEFT ? shifted(words, encoding) : words);
      for (int i = 0; i < encoding.length(); i++) {
        assertThat(encoding.isSpecial(i) && !special).as("special token %d", i).isFalse();
        assertThat(new int[] {encoding.starts()[i], encoding.ends()[i]})
            .as("offsets of token %d", i)
            .containsExactly(utf16(encoding, i, expected, 0), utf16(encoding, i, expected, 1));
      }
    }

    /** Cut from the left, the library numbers words from the first that it has read. */
    private static int[] shifted(int[] words, Encoding encoding) {
      int[] shifted = words.clone();
      int[] shifts = new int[2];
      for (int i = words.length - 1; i >= 0; i--) {
        if (!encoding.isSpecial(i)) {
          shifts[encoding.sequenceIds()[i]] = encoding.wordIds()[i] - words[i];
        }
      }
      for (int i = 0; i < words.length; i++) {
        shifted[i] += encoding.isSpecial(i) ? 0 : shifts[encoding.sequenceIds()[i]];
      }
      return shifted;
    }

    private int utf16(Encoding encoding, int token, JsonNode expected, int side) {
      int codePoint = expected.get("offsets").get(token).get(side).intValue();
      return source(encoding, token).offsetByCodePoints(0, codePoint);
    }

    /** Whether a recorded window's texts begin or end as this window's do. */
    boolean isPartOf(JsonNode recorded, Encoding window, Truncation.Direction direction) {
      return isPartOf(tokens(recorded, -1), tokens(window, -1), direction)
          && isPartOf(tokens(recorded, 0), tokens(window, 0), direction)
          && isPartOf(tokens(recorded, 1), tokens(window, 1), direction);
    }

    private static boolean isPartOf(
        List<List<Integer>> part, List<List<Integer>> whole, Truncation.Direction direction) {
      int surplus = whole.size() - part.size();
      int from = direction == Truncation.Direction.LEFT ? surplus : 0;
      return surplus >= 0 && whole.subList(from, from + part.size()).equals(part);
    }

    /** Id, start and end of each token of one text, or of the special tokens. */
    private List<List<Integer>> tokens(JsonNode recorded, int sequence) {
      List<List<Integer>> tokens = new ArrayList<>();
      int[] sequences = ints(recorded.get("sequence_ids"));
      for (int i = 0; i < sequences.length; i++) {
        if (sequences[i] == sequence) {
          String source = sequence < 0 ? "" : sequence == 0 ? text : pair;
          JsonNode offsets = recorded.get("offsets").get(i);
          tokens.add(
              List.of(
                  recorded.get("ids").get(i).intValue(),
                  source.offsetByCodePoints(0, offsets.get(0).intValue()),
                  source.offsetByCodePoints(0, offsets.get(1).intValue())));
        }
      }
      return tokens;
    }

    private static List<List<Integer>> tokens(Encoding window, int sequence) {
      List<List<Integer>> tokens = new ArrayList<>();
      for (int i = 0; i < window.length(); i++) {
        if (window.sequenceIds()[i] == sequence) {
          tokens.add(List.of(window.ids()[i], window.starts()[i], window.ends()[i]));
        }
      }
      return tokens;
    }

    private String source(Encoding encoding, int token) {
      int word = encoding.wordIds()[token];
      return switch (encoding.sequenceIds()[token]) {
        case 0 -> words == null ? text : words.get(word);
        case 1 -> words == null ? pair : pairWords.get(word);
        default -> "";
      };
    }
  }
}
