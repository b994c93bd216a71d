package org.ptuning4j.text;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Compares truncation and all windows with those of the native library itself. Where it cuts both
 * texts, there is room for an even number of tokens: who gets the odd one is settled by {@link
 * GoldenTokenizerTest}, with a later release.
 */
class NativeTruncationTest {

  private static final String TEXT =
      "the teacher explained the difficult problem near the station, because of the storm";
  private static final String PAIR = "Who wrote it?  William Shakespeare wrote it around 1600.";

  @ParameterizedTest
  @CsvSource({
    "bert, 13, LONGEST_FIRST, 0",
    "bert, 17, LONGEST_FIRST, 3",
    "bert, 44, LONGEST_FIRST, 3",
    "bert, 50, ONLY_FIRST, 2",
    "bert, 70, ONLY_SECOND, 4",
    "bert, 500, ONLY_SECOND, 4",
    "roberta, 14, LONGEST_FIRST, 1",
    "roberta, 50, LONGEST_FIRST, 5",
    "roberta, 60, ONLY_FIRST, 1",
    "roberta, 60, ONLY_SECOND, 2",
    "xlm_roberta, 16, LONGEST_FIRST, 3",
    "xlm_roberta, 70, ONLY_SECOND, 0",
  })
  void windowsAreTheNativeOnes(
      String model, int maxLength, Truncation.Strategy strategy, int stride) throws IOException {
    Path folder = TestTokenizers.golden(model);
    Truncation truncation = new Truncation(maxLength, strategy, stride);
    try (TextTokenizer tokenizer = TextTokenizer.open(folder);
        HuggingFaceTokenizer reference = reference(folder, truncation)) {
      ai.djl.huggingface.tokenizers.Encoding pair = reference.encode(TEXT, PAIR, true, true);
      compare(tokenizer.encodeWindows(TEXT, PAIR, truncation), pair);
      if (strategy != Truncation.Strategy.ONLY_SECOND) {
        ai.djl.huggingface.tokenizers.Encoding single = reference.encode(TEXT, true, true);
        compare(tokenizer.encodeWindows(TEXT, null, truncation), single);
      }
    }
  }

  /** The prefix space changes which offsets are trimmed, at the start of each window. */
  @ParameterizedTest
  @CsvSource({"10, 0", "14, 4", "40, 7"})
  void windowsOfPrefixSpaceTokenizerAreTheNativeOnes(int maxLength, int stride) throws IOException {
    Path folder = TestTokenizers.shared("models/tokenizers/babyberta");
    Truncation truncation = new Truncation(maxLength, Truncation.Strategy.LONGEST_FIRST, stride);
    try (TextTokenizer tokenizer = TextTokenizer.open(folder);
        HuggingFaceTokenizer reference = reference(folder, truncation)) {
      compare(
          tokenizer.encodeWindows(TEXT, PAIR, truncation),
          reference.encode(TEXT, PAIR, true, true));
    }
  }

  private static final List<String> HARD =
      List.of(
          TEXT,
          "  two   spaces and  a tab\tthen   three",
          " a space before, and one after ",
          "naïve café: déjà vu \uD83D\uDE00\uD83D\uDE80 done\nnext  line",
          "word".repeat(12),
          "\u3000wide spaces\u3000and\u00A0others\u2009too",
          "日本語の文 with latin",
          "a");

  /** Windows from the end, over texts whose tokens hold spaces or parts of characters. */
  @ParameterizedTest
  @ValueSource(strings = {"bert", "roberta", "xlm_roberta"})
  void windowsFromTheLeftAreTheNativeOnes(String model) throws IOException {
    compareFromTheLeft(
        TestTokenizers.golden(model), List.of(6, 8, 10, 12, 14, 16), List.of(0, 1, 2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"roberta", "babyberta"})
  void windowsFromTheLeftOfPublishedTokenizersAreTheNativeOnes(String name) throws IOException {
    // Each pair opens the native tokenizer, which takes a while with fifty thousand words.
    compareFromTheLeft(
        TestTokenizers.shared("models/tokenizers/" + name), List.of(6, 16), List.of(0, 2));
  }

  private static void compareFromTheLeft(
      Path folder, List<Integer> maxLengths, List<Integer> strides) throws IOException {
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      for (int maxLength : maxLengths) {
        for (int stride : strides) {
          Truncation truncation =
              new Truncation(
                  maxLength, Truncation.Strategy.LONGEST_FIRST, stride, Truncation.Direction.LEFT);
          try (HuggingFaceTokenizer reference = reference(folder, truncation)) {
            for (String text : HARD) {
              compare(
                  tokenizer.encodeWindows(text, null, truncation),
                  reference.encode(text, true, true),
                  CodePoints.of(text));
            }
          }
        }
      }
    }
  }

  /** The definition itself says from which side; the library's options cannot. */
  private static HuggingFaceTokenizer reference(Path folder, Truncation truncation)
      throws IOException {
    Path file = folder.resolve("tokenizer.json");
    ObjectNode json = JsonFile.read(file);
    json.putObject("truncation")
        .put("direction", truncation.direction() == Truncation.Direction.LEFT ? "Left" : "Right")
        .put("strategy", "LongestFirst")
        .put("max_length", truncation.maxLength())
        .put("stride", truncation.stride());
    Map<String, String> options =
        Map.of(
            "truncation", truncation.strategy().name().toLowerCase(Locale.ROOT),
            "maxLength", String.valueOf(truncation.maxLength()),
            "stride", String.valueOf(truncation.stride()),
            "padding", "do_not_pad");
    return HuggingFaceTokenizer.newInstance(
        new ByteArrayInputStream(JsonFile.write(json, file)), options);
  }

  private static void compare(
      List<Encoding> windows, ai.djl.huggingface.tokenizers.Encoding reference) {
    compare(windows, reference, CodePoints.of(TEXT)); // one UTF-16 unit a character, as the pair
  }

  private static void compare(
      List<Encoding> windows, ai.djl.huggingface.tokenizers.Encoding reference, CodePoints points) {
    List<ai.djl.huggingface.tokenizers.Encoding> expected = new ArrayList<>();
    expected.add(reference);
    expected.addAll(List.of(reference.getOverflowing()));
    assertThat(windows).hasSameSizeAs(expected);
    for (int i = 0; i < windows.size(); i++) {
      compare(windows.get(i), expected.get(i), i, points);
    }
  }

  private static void compare(
      Encoding window,
      ai.djl.huggingface.tokenizers.Encoding expected,
      int number,
      CodePoints points) {
    assertThat(window.ids()).as("ids of window %d", number).isEqualTo(ints(expected.getIds()));
    assertThat(window.wordIds()).isEqualTo(ints(expected.getWordIds()));
    assertThat(window.sequenceIds()).isEqualTo(ints(expected.getSequenceIds()));
    if (number == 0) {
      assertThat(window.typeIds()).isEqualTo(ints(expected.getTypeIds()));
    }
    for (int i = 0; i < window.length(); i++) {
      if (!window.isSpecial(i)) {
        assertThat(window.starts()[i])
            .as("start of token %d of window %d", i, number)
            .isEqualTo(points.utf16(expected.getCharTokenSpans()[i].getStart()));
        assertThat(window.ends()[i])
            .isEqualTo(points.utf16(expected.getCharTokenSpans()[i].getEnd()));
      }
    }
  }

  private static int[] ints(long[] values) {
    int[] ints = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      ints[i] = Math.toIntExact(values[i]);
    }
    return ints;
  }
}
