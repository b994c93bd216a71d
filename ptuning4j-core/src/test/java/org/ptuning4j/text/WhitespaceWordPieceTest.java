package org.ptuning4j.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;

/** A bare vocab.txt with {@code do_basic_tokenize}: white space splits, and nothing else does. */
class WhitespaceWordPieceTest {

  private static final Truncation NONE = Truncation.none();

  private static final List<String> VOCABULARY =
      List.of(
          "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "The", "##se", "don", "Don", "##'t",
          "'", "t", "é", "É", "北", "##京", "京", "##,", "[", "##MASK", "##]", "a", "##the");

  @TempDir private Path folder;

  private void settings(String json) throws IOException {
    Files.writeString(folder.resolve("vocab.txt"), String.join("\n", VOCABULARY) + "\n");
    Files.writeString(folder.resolve("tokenizer_config.json"), json, StandardCharsets.UTF_8);
  }

  private String pieces(String text) {
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      int[] ids = tokenizer.encodeWithoutSpecialTokens(text, null, NONE).ids();
      return String.join(" ", Arrays.stream(ids).mapToObj(VOCABULARY::get).toList());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '"',
      value = {
        // text; pieces without the basic step; with it
        "Don't; Don ##'t; don ' t",
        "THESE These; [UNK] The ##se; the ##se the ##se",
        "É é; É é; [UNK] [UNK]",
        "北京; 北 ##京; 北 京",
        "the, the; the ##, the; the [UNK] the",
        "the\u00A0the\u2003these\u001Cthe; the the the ##se the; the the the ##se ##the",
        "the\u200Bthe; [UNK]; the ##the",
      })
  void splitsAtWhiteSpaceOnly(String text, String bare, String basic) throws IOException {
    for (String lowerCase : List.of("", ", \"do_lower_case\": true")) {
      settings("{\"do_basic_tokenize\": false" + lowerCase + "}");
      assertThat(pieces(text)).isEqualTo(bare);
    }
    settings("{\"do_lower_case\": true}");
    assertThat(pieces(text)).isEqualTo(basic);
    for (String same : List.of("true", "null")) {
      settings("{\"do_lower_case\": true, \"do_basic_tokenize\": " + same + "}");
      assertThat(pieces(text)).isEqualTo(basic);
    }
  }

  /** As a word of its own it is in the vocabulary; a text is only text all the same. */
  @Test
  void aTextThatSpellsASpecialTokenDoesNotMakeIt() throws IOException {
    settings("{\"do_basic_tokenize\": false}");
    assertThat(pieces("a [MASK] a")).isEqualTo("a [ [UNK] a");
    try (TextTokenizer tokenizer = TextTokenizer.openWithSpecialTokensInTexts(folder)) {
      assertThat(tokenizer.encode("a [MASK]", null, NONE).ids()).containsExactly(2, 22, 4, 3);
    }
  }

  @Test
  void offsetsAreThoseOfTheText() throws IOException {
    settings("{\"do_basic_tokenize\": false}");
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      Encoding encoding = tokenizer.encodeWithoutSpecialTokens("  These\n Don't", null, NONE);
      assertThat(encoding.starts()).containsExactly(2, 5, 9, 12);
      assertThat(encoding.ends()).containsExactly(5, 7, 12, 14);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"do_basic_tokenize\": \"false\"} | do_basic_tokenize is \"false\"; true or false",
        "{\"do_basic_tokenize\": 0} | do_basic_tokenize is 0; true or false",
        "{\"never_split\": [\"the\"]} | never_split is [\"the\"]",
      })
  void otherValuesAreRefused(String line) throws IOException {
    String[] parts = line.split(" \\| ", 2);
    settings(parts[0]);
    assertThatThrownBy(() -> TextTokenizer.open(folder))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("tokenizer_config.json")
        .hasMessageContaining(parts[1]);
  }
}
