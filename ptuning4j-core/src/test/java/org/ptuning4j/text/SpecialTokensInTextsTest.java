package org.ptuning4j.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A text that spells a special token is read as a text. */
class SpecialTokensInTextsTest {

  private static final String TEXT = "a [SEP] b</s>c [MASK]<mask> [PAD]<pad><s>[CLS] [UNK]<unk> d";

  @TempDir Path temp;

  @ParameterizedTest
  @ValueSource(strings = {"bert", "roberta", "xlm_roberta"})
  void onlyTheTokenizerItselfPutsSpecialTokensIntoARow(String model) {
    try (TextTokenizer tokenizer = TextTokenizer.open(TestTokenizers.golden(model))) {
      List<Integer> special = special(tokenizer);
      Encoding pair = tokenizer.encode(TEXT, "x " + TEXT, Truncation.none());
      assertThat(places(pair, special))
          .isEqualTo(IntStream.range(0, pair.length()).filter(pair::isSpecial).boxed().toList());
      assertThat(
              places(tokenizer.encodeWithoutSpecialTokens(TEXT, null, Truncation.none()), special))
          .isEmpty();
      List<String> words = List.of(TEXT.split(" "));
      Encoding ofWords = tokenizer.encodeWords(words, null, Truncation.none());
      for (int i : places(ofWords, special)) {
        assertThat(ofWords.wordIds()[i]).isEqualTo(-1);
      }
    }
  }

  /** Nothing of the text is lost, and each token still says where it stands. */
  @ParameterizedTest
  @ValueSource(strings = {"bert", "roberta", "xlm_roberta"})
  void placesAreThoseInTheWholeText(String model) {
    String text = "\uD83C\uDF55 one [SEP]</s> two [MASK]<mask>.";
    try (TextTokenizer tokenizer = TextTokenizer.open(TestTokenizers.golden(model))) {
      Encoding encoding = tokenizer.encodeWithoutSpecialTokens(text, null, Truncation.none());
      boolean[] covered = new boolean[text.length()];
      int last = 0;
      for (int i = 0; i < encoding.length(); i++) {
        assertThat(encoding.starts()[i]).isGreaterThanOrEqualTo(last - 2); // bytes of one character
        last = encoding.ends()[i];
        Arrays.fill(covered, encoding.starts()[i], last, true);
      }
      IntStream.range(0, covered.length)
          .filter(at -> text.charAt(at) != ' ')
          .forEach(at -> assertThat(covered[at]).as("character %d", at).isTrue());
      int[] words = encoding.wordIds();
      assertThat(IntStream.range(1, words.length).allMatch(i -> words[i] >= words[i - 1])).isTrue();
    }
  }

  @Test
  void wordsThatSpellSpecialTokensKeepTheirNumbersAndPlaces() {
    try (TextTokenizer bert = TextTokenizer.open(TestTokenizers.golden("bert"))) {
      Encoding encoding =
          bert.encodeWords(List.of("a", "x[SEP]", "[MASK]", "b"), null, Truncation.none());
      List<String> tokens = Arrays.stream(encoding.ids()).mapToObj(bert::token).toList();
      // This vocabulary knows neither brackets nor these words as a whole.
      assertThat(String.join(" ", tokens))
          .isEqualTo("[CLS] a x [UNK] se ##p [UNK] [UNK] m ##a ##s ##k [UNK] b [SEP]");
      assertThat(encoding.wordIds()).containsExactly(-1, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, -1);
      assertThat(encoding.starts()).containsExactly(0, 0, 0, 1, 2, 4, 5, 0, 1, 2, 3, 4, 5, 0, 0);
      assertThat(encoding.ends()).containsExactly(0, 1, 1, 2, 4, 5, 6, 1, 2, 3, 4, 5, 6, 1, 0);
    }
  }

  @Test
  void windowsHoldTheSpellingsToo() {
    try (TextTokenizer bert = TextTokenizer.open(TestTokenizers.golden("bert"))) {
      List<Encoding> windows =
          bert.encodeWindows(
              "a", "b [SEP] c [SEP] d", new Truncation(9, Truncation.Strategy.ONLY_SECOND, 1));
      assertThat(windows).hasSizeGreaterThan(1);
      for (Encoding window : windows) {
        assertThat(IntStream.of(window.ids()).filter(id -> id == bert.sepId().getAsInt()).count())
            .isEqualTo(2);
      }
    }
  }

  @Test
  void whoWantsThemInTextsOpensTheTokenizerSo() {
    try (TextTokenizer bert =
        TextTokenizer.openWithSpecialTokensInTexts(TestTokenizers.golden("bert"))) {
      assertThat(bert.encode("a [SEP] b [MASK]", null, Truncation.none()).ids())
          .contains(bert.maskId().getAsInt())
          .satisfies(
              ids ->
                  assertThat(IntStream.of(ids).filter(id -> id == bert.sepId().getAsInt()).count())
                      .isEqualTo(2));
      assertThat(bert.specialTokensIn("a [SEP]")).isEmpty();
    }
  }

  @Test
  void theSpellingsCanBeAskedFor() {
    try (TextTokenizer roberta = TextTokenizer.open(TestTokenizers.golden("roberta"));
        TextTokenizer bert = TextTokenizer.open(TestTokenizers.golden("bert"))) {
      assertThat(roberta.specialTokensIn("a <mask> b</s> [SEP] </s>"))
          .containsExactly("<mask>", "</s>");
      assertThat(bert.specialTokensIn("a <mask> [SEP] [UNK] \uD83C\uDF55"))
          .containsExactly("[SEP]", "[UNK]");
      assertThat(bert.specialTokensIn("a [sep] b [ SEP ]")).isEmpty();
    }
  }

  /** Marks of entities, as in R-BERT, are special in the file and belong to the texts. */
  @Test
  void tokensThatWereAddedForTextsStayTokens() throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode json =
        (ObjectNode)
            mapper.readTree(TestTokenizers.golden("bert").resolve("tokenizer.json").toFile());
    ObjectNode token = ((ArrayNode) json.path("added_tokens")).addObject();
    int id = json.path("model").path("vocab").size();
    token.put("id", id).put("content", "[E1]").put("special", true).put("single_word", false);
    token.put("lstrip", false).put("rstrip", false).put("normalized", false);
    mapper.writeValue(temp.resolve("tokenizer.json").toFile(), json);
    try (TextTokenizer tokenizer = TextTokenizer.open(temp)) {
      int[] ids = tokenizer.encode("[E1] a [E1] [SEP]", null, Truncation.none()).ids();
      assertThat(IntStream.of(ids).filter(each -> each == id).count()).isEqualTo(2);
      assertThat(IntStream.of(ids).filter(each -> each == tokenizer.sepId().getAsInt()).count())
          .isEqualTo(1);
    }
  }

  private static List<Integer> special(TextTokenizer tokenizer) {
    return List.of(
        tokenizer.padId(),
        tokenizer.maskId().getAsInt(),
        tokenizer.clsId().getAsInt(),
        tokenizer.sepId().getAsInt());
  }

  private static List<Integer> places(Encoding encoding, List<Integer> ids) {
    return IntStream.range(0, encoding.length())
        .filter(i -> ids.contains(encoding.ids()[i]))
        .boxed()
        .toList();
  }
}
