package org.ptuning4j.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import net.jqwik.api.lifecycle.AfterContainer;

class TextTokenizerPropertyTest {

  private static final TextTokenizer BERT = TextTokenizer.open(TestTokenizers.golden("bert"));
  private static final TextTokenizer ROBERTA = TextTokenizer.open(TestTokenizers.golden("roberta"));
  private static final TextTokenizer XLM = TextTokenizer.open(TestTokenizers.golden("xlm_roberta"));

  @AfterContainer
  static void close() {
    List.of(BERT, ROBERTA, XLM).forEach(TextTokenizer::close);
  }

  /** All characters, with surrogates in any order. */
  @Property(tries = 300)
  void offsetsStayWithinTheText(@ForAll @StringLength(max = 30) String text) {
    checkOffsets(text);
  }

  @Property(tries = 300)
  void offsetsStayWithinTextOfSurrogates(
      @ForAll @CharRange(from = '\uD83C', to = '\uDCFF') @StringLength(max = 12) String text) {
    checkOffsets(text);
  }

  private static void checkOffsets(String text) {
    for (TextTokenizer tokenizer : List.of(BERT, ROBERTA, XLM)) {
      Encoding encoding = tokenizer.encode(text, null, Truncation.none());
      for (int i = 0; i < encoding.length(); i++) {
        assertThat(encoding.starts()[i]).isBetween(0, text.length());
        assertThat(encoding.ends()[i]).isBetween(encoding.starts()[i], text.length());
        assertThat(encoding.ids()[i]).isBetween(0, tokenizer.vocabularySize() - 1);
      }
    }
  }

  @Property(tries = 300)
  void offsetsPointAtTheCharactersOfTheToken(
      @ForAll @Size(min = 1, max = 8) List<@AlphaChars @StringLength(min = 1, max = 9) String> ws) {
    String text = String.join(" ", ws);
    Encoding bert = BERT.encodeWithoutSpecialTokens(text, null, Truncation.none());
    Encoding roberta = ROBERTA.encodeWithoutSpecialTokens(text, null, Truncation.none());
    for (int i = 0; i < bert.length(); i++) {
      String token = BERT.token(bert.ids()[i]);
      String word = ws.get(bert.wordIds()[i]).toLowerCase(Locale.ROOT);
      String covered = text.substring(bert.starts()[i], bert.ends()[i]).toLowerCase(Locale.ROOT);
      assertThat(covered).isEqualTo(token.equals("[UNK]") ? word : token.replaceFirst("^##", ""));
    }
    for (int i = 0; i < roberta.length(); i++) {
      assertThat(text.substring(roberta.starts()[i], roberta.ends()[i]))
          .isEqualTo(ROBERTA.token(roberta.ids()[i]).replace("Ġ", ""));
    }
  }

  @Property(tries = 100)
  void wordsCountWithinThemselves(
      @ForAll @Size(min = 1, max = 6) List<@StringLength(max = 6) String> words) {
    for (TextTokenizer tokenizer : List.of(BERT, ROBERTA, XLM)) {
      Encoding encoding = tokenizer.encodeWords(words, words, Truncation.none());
      for (int i = 0; i < encoding.length(); i++) {
        int length = encoding.isSpecial(i) ? 0 : words.get(encoding.wordIds()[i]).length();
        assertThat(encoding.starts()[i]).isBetween(0, encoding.ends()[i]);
        assertThat(encoding.ends()[i]).isLessThanOrEqualTo(length);
      }
    }
  }
}
