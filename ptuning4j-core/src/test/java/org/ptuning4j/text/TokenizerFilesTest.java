package org.ptuning4j.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;

/** What a folder must hold, and what happens to broken files. */
class TokenizerFilesTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Truncation NONE = Truncation.none();
  private static final String TEXT =
      "Élan vital: the teacher's [MASK] or <mask> 北京 costs £5!  \uD83C\uDF55 [unused1]";

  @TempDir private Path folder;

  private void write(String file, String content) throws IOException {
    Files.writeString(folder.resolve(file), content, StandardCharsets.UTF_8);
  }

  private ObjectNode json(String model) throws IOException {
    Path file = TestTokenizers.golden(model).resolve("tokenizer.json");
    return (ObjectNode) JSON.readTree(file.toFile());
  }

  private void assertRefused(String... messages) {
    assertThatThrownBy(() -> TextTokenizer.open(folder))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContainingAll(messages);
  }

  @Test
  void anEmptyFolderSaysWhatWasLookedFor() throws IOException {
    assertRefused("tokenizer.json, vocab.txt", "vocab.json with merges.txt", "holds nothing");
    write("vocab.json", "{}");
    assertRefused("the folder holds vocab.json");
    assertThatThrownBy(() -> TextTokenizer.open(folder.resolve("missing")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("no such folder");
  }

  @Test
  void brokenJsonIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(TestTokenizers.golden("bert").resolve("tokenizer.json"));
    Path file = folder.resolve("tokenizer.json");
    for (int length : new int[] {0, 1, 100, whole.length / 2, whole.length - 2}) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertRefused("tokenizer.json");
    }
    Files.write(file, new byte[] {'{', '"', (byte) 0xC3, (byte) 0x28, '"', ':', '1', '}'});
    assertRefused("tokenizer.json");
    write("tokenizer.json", "[".repeat(100_000));
    assertRefused("not valid JSON", "nesting depth");
    write("tokenizer.json", "[1]");
    assertRefused("a JSON object is needed");
    write("tokenizer.json", "{} {}");
    assertRefused("not valid JSON");
  }

  @Test
  void nestingThatOnlyTheNativeLibraryRefusesIsRefused() throws IOException {
    ObjectNode json = json("bert");
    ObjectNode inner = JSON.createObjectNode().put("type", "Lowercase");
    for (int i = 0; i < 200; i++) {
      ObjectNode outer = JSON.createObjectNode().put("type", "Sequence");
      outer.putArray("normalizers").add(inner);
      inner = outer;
    }
    json.set("normalizer", inner);
    write("tokenizer.json", json.toString());
    assertRefused("tokenizer.json", "recursion limit");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "/model; {}; model.vocab is missing",
        "/model/vocab; 7; model.vocab is 7",
        "/model/vocab; {\"a\": -1}; token 'a' has id -1",
        "/model/vocab; {\"a\": 99999999}; token 'a' has id 99999999",
        "/model/vocab; [[1, 2]]; entry 0 of model.vocab",
        "/model/type; \"Nonsense\"; cannot use it",
        "/post_processor; {\"type\": \"X\"}; post_processor type is 'X'",
        "/post_processor/single; []; has sequence A 0 times",
        "/post_processor/special_tokens; {}; gives no ids",
        "/post_processor; {\"type\": \"BertProcessing\", \"sep\": []}; post_processor.cls is",
        "/normalizer; {\"type\": \"Precompiled\"}; precompiled_charsmap is broken",
      })
  void wrongShapesAreRefused(String path, String value, String message) throws IOException {
    ObjectNode json = json("bert");
    int slash = path.lastIndexOf('/');
    ((ObjectNode) json.at(path.substring(0, slash)))
        .set(path.substring(slash + 1), JSON.readTree(value));
    write("tokenizer.json", json.toString());
    assertRefused(message);
  }

  @Test
  void halfSurrogatesInTheVocabularyAreRefused() throws IOException {
    String whole = Files.readString(TestTokenizers.golden("bert").resolve("tokenizer.json"));
    assertThat(whole).contains("\"the\"");
    write("tokenizer.json", whole.replaceFirst("\"the\"", "\"the\\\\ud800\""));
    assertRefused("tokenizer.json");
  }

  /** Each of these ends the whole process if the native library sees it. */
  @ParameterizedTest
  @ValueSource(
      strings = {"", "x", "([", "AAAA", "BAAAAA==", "AAAAAP8=", "/////w==", "BAAAAAAAAAD/"})
  void brokenCharacterMapsAreRefused(String map) throws IOException {
    ObjectNode json = json("xlm_roberta");
    ObjectNode normalizer = JSON.createObjectNode().put("type", "Precompiled");
    normalizer.put("precompiled_charsmap", map);
    ObjectNode sequence = JSON.createObjectNode().put("type", "Sequence");
    sequence.putArray("normalizers").add(normalizer);
    json.set("normalizer", sequence);
    write("tokenizer.json", json.toString());
    assertRefused("precompiled_charsmap is broken");
  }

  @Test
  void aTruncatedCharacterMapIsRefused() throws IOException {
    String map = json("xlm_roberta").at("/normalizer/precompiled_charsmap").asText();
    assertThat(CharacterMap.isSound(map)).isTrue();
    byte[] bytes = Base64.getDecoder().decode(map);
    int trie = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt();
    byte[] cut = Arrays.copyOf(bytes, trie);
    assertThat(CharacterMap.isSound(Base64.getEncoder().encodeToString(cut))).isFalse();
    byte[] withoutTexts = Arrays.copyOf(bytes, trie + 4);
    assertThat(CharacterMap.isSound(Base64.getEncoder().encodeToString(withoutTexts))).isFalse();
  }

  @Test
  void mergesThatDoNotFitThePrefixAreRefused() throws IOException {
    ObjectNode json = json("roberta");
    ((ObjectNode) json.get("model")).put("continuing_subword_prefix", "##");
    write("tokenizer.json", json.toString());
    assertRefused("continuing_subword_prefix '##'");
  }

  @Test
  void aMissingTokenForTheUnknownIsAnErrorOfTheText() throws IOException {
    ObjectNode json = json("bert");
    ((ObjectNode) json.get("model")).put("unk_token", "[NONE]");
    write("tokenizer.json", json.toString());
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      assertThatThrownBy(() -> tokenizer.encodeAll(List.of("the", "北京"), null, NONE))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContainingAll("text 1", "[UNK]");
    }
  }

  @Test
  void truncationAndPaddingOfTheFileDoNotCount() throws IOException {
    ObjectNode json = json("bert");
    json.set(
        "truncation",
        JSON.readTree(
            "{\"max_length\": 4, \"strategy\": \"LongestFirst\", \"stride\": 0,"
                + " \"direction\": \"Right\"}"));
    json.set(
        "padding",
        JSON.readTree(
            "{\"strategy\": {\"Fixed\": 64}, \"direction\": \"Right\","
                + " \"pad_to_multiple_of\": null, \"pad_id\": 0, \"pad_type_id\": 0,"
                + " \"pad_token\": \"[PAD]\"}"));
    write("tokenizer.json", json.toString());
    try (TextTokenizer tokenizer = TextTokenizer.open(folder);
        TextTokenizer plain = TextTokenizer.open(TestTokenizers.golden("bert"))) {
      assertThat(tokenizer.encode(TEXT, null, NONE)).isEqualTo(plain.encode(TEXT, null, NONE));
    }
  }

  @ParameterizedTest
  @CsvSource({"bert, vocab.txt, ''", "roberta, vocab.json, merges.txt"})
  void olderFilesGiveTheSameTokenizer(String model, String vocabulary, String merges)
      throws IOException {
    Path source = TestTokenizers.golden(model);
    TestTokenizers.copy(source, folder, vocabulary, "tokenizer_config.json");
    if (!merges.isEmpty()) {
      TestTokenizers.copy(source, folder, merges);
    }
    try (TextTokenizer older = TextTokenizer.open(folder);
        TextTokenizer newer = TextTokenizer.open(source)) {
      assertThat(older.encode(TEXT, "a pair", NONE)).isEqualTo(newer.encode(TEXT, "a pair", NONE));
      assertThat(older.encodeWindows(TEXT, "a pair", new Truncation(14, longestFirst(), 2)))
          .isEqualTo(newer.encodeWindows(TEXT, "a pair", new Truncation(14, longestFirst(), 2)));
      assertThat(older.maskId()).isEqualTo(newer.maskId());
      assertThat(older.padId()).isEqualTo(newer.padId());
      assertThat(older.vocabularySize()).isEqualTo(newer.vocabularySize());
      int[] ids = newer.encode(TEXT, null, NONE).ids();
      assertThat(older.decode(ids)).isEqualTo(newer.decode(ids));
    }
  }

  private static Truncation.Strategy longestFirst() {
    return Truncation.Strategy.LONGEST_FIRST;
  }

  private static final String SMALL =
      "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n[unused1]\nthe\n##se\ne\n##s\n";

  @ParameterizedTest
  @CsvSource({
    // extra line of the vocabulary, configuration, what THÉ becomes
    "'', '', the",
    "The, '', [UNK]",
    "<S>, '', the",
    "The, '{\"do_lower_case\": true}', the",
    "'', '{\"do_lower_case\": false}', [UNK]",
    "thé, '{\"do_lower_case\": true, \"strip_accents\": false}', thé",
  })
  void caseComesFromTheConfigurationOrTheVocabulary(String line, String config, String expected)
      throws IOException {
    write("vocab.txt", SMALL + line + "\n");
    if (!config.isEmpty()) {
      write("tokenizer_config.json", config);
    }
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      int[] ids = tokenizer.encodeWithoutSpecialTokens("THÉ", null, NONE).ids();
      assertThat(ids).hasSize(1);
      assertThat(tokenizer.token(ids[0])).isEqualTo(expected);
    }
  }

  @Test
  void vocabularyLinesMayEndAsOnWindows() throws IOException {
    write("vocab.txt", SMALL.replace("\n", "\r\n"));
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      assertThat(tokenizer.encode("these", null, NONE).ids()).containsExactly(2, 6, 7, 3);
      assertThat(tokenizer.vocabularySize()).isEqualTo(10);
    }
  }

  @Test
  void aVocabularyWithoutTheNeededTokensIsRefused() throws IOException {
    write("vocab.txt", "a\nb\n[UNK]\n");
    assertRefused("has no line '[CLS]'");
    write("vocab.txt", SMALL);
    write("tokenizer_config.json", "{\"tokenizer_class\": \"MPNetTokenizerFast\"}");
    assertRefused("MPNetTokenizer", "tokenizer.json");
    write("tokenizer_config.json", "{\"tokenizer_class\": ");
    assertThatThrownBy(() -> TextTokenizer.open(folder))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("tokenizer_config.json: not valid JSON");
  }

  @Test
  void tokensThatWereAddedLaterAreFound() throws IOException {
    write("vocab.txt", SMALL);
    write("added_tokens.json", "{\"<ent>\": 10}");
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      assertThat(tokenizer.encode("the<ent>the", null, NONE).ids()).containsExactly(2, 6, 10, 6, 3);
      assertThat(tokenizer.token(10)).isEqualTo("<ent>");
      assertThat(tokenizer.vocabularySize()).isEqualTo(11);
    }
  }

  @Test
  void otherBpeVocabulariesAreRefused() throws IOException {
    write("vocab.json", "{\"<s>\": 0, \"a\": 1, \"b</w>\": 2, \"ab</w>\": 3}");
    write("merges.txt", "#version: 0.2\na b</w>\n");
    assertRefused("2 of 4 tokens end with </w>", "tokenizer.json");
  }

  @Test
  void mergesAreCheckedLineByLine() throws IOException {
    write("vocab.json", "{\"a\": 0, \"b\": 1, \"ab\": 2}");
    write("merges.txt", "#version: 0.2\na b\na b c\n");
    assertRefused("merges.txt: line 3 is 'a b c'");
    write("merges.txt", "a x\n");
    assertRefused("cannot use it");
  }

  @Test
  void decodersHaveNoSpecialTokensUnlessTheConfigurationAddsOne() throws IOException {
    write("vocab.json", "{\"a\": 0, \"b\": 1, \"ab\": 2, \"<|endoftext|>\": 3}");
    write("merges.txt", "#version: 0.2\na b\n");
    write("config.json", "{\"pad_token_id\": 3}");
    try (TextTokenizer tokenizer = TextTokenizer.openWithSpecialTokensInTexts(folder)) {
      assertThat(tokenizer.encode("ab<|endoftext|>", null, NONE).ids()).containsExactly(2, 3);
    }
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      assertThat(tokenizer.encode("ab<|endoftext|>", null, NONE).ids()).containsExactly(2);
      assertThat(tokenizer.addsSpecialTokens()).isFalse();
      assertThat(tokenizer.clsId()).isEmpty();
      assertThat(tokenizer.padId()).isEqualTo(3);
      Encoding pair = tokenizer.encode("ab", "b", NONE);
      assertThat(pair.typeIds()).containsExactly(0, 1);
    }
    write("tokenizer_config.json", "{\"add_bos_token\": true}");
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      assertThat(tokenizer.encode("ab", "b", NONE).ids()).containsExactly(3, 2, 3, 1);
    }
  }

  @Test
  void padFallsBackToTheModelsAndThenToZero() throws IOException {
    ObjectNode json = json("bert");
    ArrayNode added = (ArrayNode) json.get("added_tokens");
    added.removeAll();
    ObjectNode vocabulary = (ObjectNode) json.at("/model/vocab");
    int pad = vocabulary.remove("[PAD]").intValue();
    vocabulary.put("[GAP]", pad);
    write("tokenizer.json", json.toString());
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      assertThat(tokenizer.padId()).isZero();
    }
    write("config.json", "{\"pad_token_id\": 7}");
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      assertThat(tokenizer.padId()).isEqualTo(7);
    }
    write("special_tokens_map.json", "{\"pad_token\": {\"content\": \"the\"}}");
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      assertThat(tokenizer.token(tokenizer.padId())).isEqualTo("the");
    }
    Files.delete(folder.resolve("special_tokens_map.json"));
    write("config.json", "{\"pad_token_id\": 70000}");
    assertRefused("pad_token_id is 70000");
  }
}
