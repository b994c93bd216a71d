package org.ptuning4j.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tokenizers of published models; skipped where their files are absent. */
class PublishedTokenizersTest {

  private static final Truncation NONE = Truncation.none();

  @TempDir private Path folder;

  private static List<String> sentences() throws IOException {
    List<String> sentences = new ArrayList<>();
    Path file = TestTokenizers.shared("data/sst2/dev.tsv");
    for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
      sentences.add(line.substring(line.indexOf('\t') + 1));
    }
    for (String base : List.copyOf(sentences.subList(0, 100))) {
      sentences.add(base.replace('e', 'É').replace(" t", " \uD83C\uDF55\u200D 北京 ") + "  \n<mask>");
    }
    assertThat(sentences).hasSizeGreaterThan(900);
    return sentences;
  }

  private static void assertSame(TextTokenizer one, TextTokenizer other) throws IOException {
    for (String sentence : sentences()) {
      assertThat(one.encode(sentence, "and " + sentence, NONE))
          .as(sentence)
          .isEqualTo(other.encode(sentence, "and " + sentence, NONE));
    }
    assertThat(one.vocabularySize()).isEqualTo(other.vocabularySize());
  }

  @Test
  void bertMiniFromItsVocabularyAlone() throws IOException {
    Path model = TestTokenizers.shared("models/bert-mini");
    TestTokenizers.copy(model, folder, "vocab.txt");
    try (TextTokenizer older = TextTokenizer.open(folder);
        TextTokenizer newer = TextTokenizer.open(model)) {
      assertSame(older, newer);
      assertThat(older.maskId()).isEqualTo(newer.maskId());
    }
  }

  @Test
  void robertaFromVocabularyAndMerges() throws IOException {
    Path model = TestTokenizers.shared("models/tokenizers/roberta");
    TestTokenizers.copy(model, folder, "vocab.json", "merges.txt");
    try (TextTokenizer older = TextTokenizer.open(folder);
        TextTokenizer newer = TextTokenizer.open(model)) {
      assertSame(older, newer);
      assertThat(older.maskId()).hasValue(50264).isEqualTo(newer.maskId());
    }
  }

  /** The same vocabulary, once bare and once in a tokenizer.json that pads to 128. */
  @Test
  void minilmIsBertUncased() throws IOException {
    Path minilm = TestTokenizers.shared("models/tokenizers/minilm");
    Path bert = TestTokenizers.shared("models/tokenizers/bert-uncased");
    try (TextTokenizer one = TextTokenizer.open(minilm);
        TextTokenizer other = TextTokenizer.open(bert)) {
      assertSame(one, other);
    }
  }

  @ParameterizedTest
  @CsvSource({
    // ids as published for these models
    "bert-uncased, 'Hello, World!', '101 7592 1010 2088 999 102'",
    "bert-cased, 'Hello, World!', '101 8667 117 1291 106 102'",
    "roberta, 'Hello world', '0 31414 232 2'",
    "gpt2, 'Hello world', '15496 995'",
    "bert-chinese, '你好', '101 872 1962 102'",
  })
  void knownIds(String model, String text, String ids) {
    Path path = TestTokenizers.shared("models/tokenizers/" + model);
    int[] expected = Arrays.stream(ids.split(" ", -1)).mapToInt(Integer::parseInt).toArray();
    try (TextTokenizer tokenizer = TextTokenizer.open(path)) {
      assertThat(tokenizer.encode(text, null, NONE).ids()).containsExactly(expected);
    }
  }

  @Test
  void babybertaLowerCasesAndPutsASpaceBefore() {
    Path model = TestTokenizers.shared("models/tokenizers/babyberta");
    try (TextTokenizer tokenizer = TextTokenizer.open(model)) {
      Encoding encoding = tokenizer.encode("Hello world", null, NONE);
      assertThat(tokenizer.token(encoding.ids()[1])).isEqualTo("Ġhello");
      assertThat(encoding.starts()[1]).isZero();
      assertThat(tokenizer.encode("word ".repeat(300).strip(), null, NONE).length()).isEqualTo(302);
    }
  }
}
