package org.ptuning4j.task.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.hub.Models;
import org.ptuning4j.text.Encoding;
import org.ptuning4j.text.TextTokenizer;
import org.ptuning4j.text.Truncation;

/** Which tokens stand where in the row of a template. */
class ClozeRendererTest {

  private static final TextTokenizer BERT = TextTokenizer.open(Models.resolve("bert-mini"));
  private static final TextTokenizer ROBERTA = TextTokenizer.open(TinyModel.folder("roberta"));
  private static final ClozeTemplate RTE =
      ClozeTemplate.parse("{text_a} Question: {text_b}? {soft:3} Answer: {mask}.");
  private static final ClozeTemplate PAIR =
      ClozeTemplate.parse("{soft:2}{text_a}{sep}{soft}{text_b} {mask}");

  @AfterAll
  static void close() {
    BERT.close();
    ROBERTA.close();
  }

  @Test
  void softTokensAreNumberedAndTheMaskIsTheAnchor() {
    RenderedCloze rendered =
        RTE.render(Map.of("text_a", "Dogs sleep.", "text_b", "Do dogs"), on(BERT, 64));

    assertThat(shown(BERT, rendered.row()))
        .containsExactly(
            "[CLS]",
            "dogs",
            "sleep",
            ".",
            "question",
            ":",
            "do",
            "dogs",
            "?",
            "<0>",
            "<1>",
            "<2>",
            "answer",
            ":",
            "[MASK]",
            ".",
            "[SEP]");
    assertThat(rendered.row().anchor()).isEqualTo(14);
    assertThat(rendered.reads()).containsExactly(14);
    assertThat(rendered.row().typeIds()).containsOnly(0);
    assertThat(rendered.row().softTokens()).isEqualTo(3);
  }

  @Test
  void separatorsAndTypesAreThoseOfAPair() {
    Map<String, String> fields = Map.of("text_a", "house", "text_b", "dogs");

    TokenRow bert = PAIR.render(fields, on(BERT, 64)).row();
    TokenRow roberta = PAIR.render(fields, on(ROBERTA, 64)).row();

    assertThat(shown(BERT, bert))
        .containsExactly("[CLS]", "<0>", "<1>", "house", "[SEP]", "<2>", "dogs", "[MASK]", "[SEP]");
    assertThat(bert.typeIds()).containsExactly(0, 0, 0, 0, 0, 1, 1, 1, 1);
    assertThat(shown(ROBERTA, roberta)).containsSequence("</s>", "</s>", "<2>").endsWith("</s>");
    assertThat(roberta.typeIds()).containsOnly(0);
  }

  /** Without soft tokens a template is what the tokenizer makes of the filled-in sentence. */
  @Test
  void plainTemplatesAreTheSentencesTheySpell() {
    ClozeTemplate template = RTE.withoutSoftTokens();
    Map<String, String> fields = Map.of("text_a", "The café closed", "text_b", "Is it open");
    for (Path model : List.of(Models.resolve("bert-mini"), TinyModel.folder("roberta"))) {
      try (TextTokenizer tokenizer = TextTokenizer.openWithSpecialTokensInTexts(model)) {
        String mask = tokenizer.token(tokenizer.maskId().getAsInt());
        String sentence = "The café closed Question: Is it open? Answer: " + mask + ".";
        Encoding expected = tokenizer.encode(sentence, null, Truncation.none());

        TokenRow row = template.render(fields, on(tokenizer, 512)).row();

        assertThat(row.ids()).isEqualTo(expected.ids());
        assertThat(row.typeIds()).isEqualTo(expected.typeIds());
        assertThat(row.slots()).isEmpty();
      }
    }
  }

  @Test
  void byteLevelTokenizersSeeTheSpaceAfterASoftToken() {
    ClozeTemplate spaced = ClozeTemplate.parse("It{soft} was {mask}");
    ClozeTemplate joined = ClozeTemplate.parse("It{soft}was {mask}");

    List<String> tokens = shown(ROBERTA, spaced.render(Map.of(), on(ROBERTA, 64)).row());

    assertThat(tokens.get(tokens.indexOf("<0>") + 1)).startsWith("Ġ");
    assertThat(tokens.get(tokens.indexOf("<mask>") - 1)).doesNotContain("Ġ ").isNotEqualTo("Ġ");
    assertThat(shown(ROBERTA, joined.render(Map.of(), on(ROBERTA, 64)).row()))
        .noneMatch(token -> token.startsWith("Ġ"));
  }

  @Test
  void severalMasksStandSideBySide() {
    RenderedCloze rendered =
        ClozeTemplate.parse("a {mask}.").render(Map.of(), on(BERT, 64), new int[3]);

    assertThat(shown(BERT, rendered.row()))
        .containsExactly("[CLS]", "a", "[MASK]", "[MASK]", "[MASK]", ".", "[SEP]");
    assertThat(rendered.reads()).containsExactly(2, 3, 4);
    assertThat(rendered.row().anchor()).isEqualTo(2);
  }

  @Test
  void theLongestFieldIsCutFromItsEndAndWordsNever() {
    Map<String, String> fields =
        Map.of("text_a", "one two three four five six", "text_b", "red green blue");

    TokenRow row = RTE.render(fields, on(BERT, 16)).row();

    assertThat(shown(BERT, row))
        .containsExactly(
            "[CLS]",
            "one",
            "two",
            "question",
            ":",
            "red",
            "green",
            "?",
            "<0>",
            "<1>",
            "<2>",
            "answer",
            ":",
            "[MASK]",
            ".",
            "[SEP]");
    assertThat(shown(BERT, RTE.render(fields, on(BERT, 12)).row()))
        .containsExactly(
            "[CLS]",
            "question",
            ":",
            "?",
            "<0>",
            "<1>",
            "<2>",
            "answer",
            ":",
            "[MASK]",
            ".",
            "[SEP]");
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> RTE.render(fields, on(BERT, 11)))
        .withMessageContaining("it has 12 tokens")
        .withMessageContaining("the longest row is 11 tokens");
  }

  @Test
  void wordsStayInByteLevelRowsToo() {
    String text = "one two three four. ".repeat(40) + ".";
    Map<String, String> fields = Map.of("text_a", text, "text_b", text);

    TokenRow row = RTE.render(fields, on(ROBERTA, 60)).row();

    assertThat(row.length()).isEqualTo(60);
    assertThat(ROBERTA.decode(row.ids()))
        .containsSubsequence("one", " Question:", "one", "?", " Answer:", ".");
  }

  @Test
  void whatAFieldSaysNeverBecomesAMask() {
    for (TextTokenizer tokenizer : List.of(BERT, ROBERTA)) {
      String mask = tokenizer.token(tokenizer.maskId().getAsInt());
      Map<String, String> fields =
          Map.of("text_a", "a " + mask + " b {mask} {soft:9}", "text_b", mask + mask);

      RenderedCloze rendered = RTE.render(fields, on(tokenizer, 128));

      assertThat(count(rendered.row(), tokenizer.maskId().getAsInt())).isEqualTo(1);
      assertThat(rendered.row().softTokens()).isEqualTo(3);
    }
  }

  /** A subject that spells the mask is read as any text, and nothing of it is lost. */
  @Test
  void whatSpellsTheMaskWithinAFieldIsReadAsText() {
    ClozeTemplate template = ClozeTemplate.parse("{subject} is {mask}.");
    assertThat(tokens(BERT, template, "the [MASK] fox"))
        .containsExactly("[CLS]", "the", "[", "mask", "]", "fox", "is", "[MASK]", ".", "[SEP]");
    assertThat(tokens(BERT, template, "[MASK][MASK]"))
        .containsExactly("[CLS]", "[", "mask", "]", "[", "mask", "]", "is", "[MASK]", ".", "[SEP]");
    assertThat(String.join("", tokens(ROBERTA, template, "a <mask> b")))
        .isEqualTo("<s>aĠ<mask>Ġbis".replace("bis", "bĠis") + "<mask>.</s>");
  }

  private static List<String> tokens(TextTokenizer with, ClozeTemplate template, String subject) {
    TokenRow row = template.render(Map.of("subject", subject), on(with, 64)).row();
    return Arrays.stream(row.ids()).mapToObj(with::token).toList();
  }

  @Test
  void wordsOfTheTemplateThatSpellASpecialTokenAreAnError() {
    for (String token : List.of("[MASK]", "[SEP]", "[PAD]")) {
      ClozeTemplate template = ClozeTemplate.parse("It was " + token + " and {mask}.");
      assertThatExceptionOfType(InvalidInputException.class)
          .isThrownBy(() -> template.requireNoSpecialTokens(BERT))
          .withMessageContaining("spell the special token '" + token + "'")
          .withMessageContaining("write {mask} for the gap and {sep} between texts");
    }
    ClozeTemplate.parse("It was [MASK] and {mask}.").requireNoSpecialTokens(ROBERTA);
    ClozeTemplate.parse("It was [not] a {text_a} {mask}.").requireNoSpecialTokens(BERT);
  }

  @Test
  void aFieldThatTheExampleLacksIsNamedWithThoseThatItHas() {
    ClozeTemplate template = ClozeTemplate.parse("{text_c} {mask}");

    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> template.render(Map.of("text_a", "x"), on(BERT, 64)))
        .withMessageEndingWith(
            "the example has no 'text_c'; it has: text_a; did you mean {text_a}?");
  }

  private static ItemEncoder on(TextTokenizer tokenizer, int maxLength) {
    return new ItemEncoder(tokenizer, maxLength);
  }

  private static long count(TokenRow row, int id) {
    return IntStream.range(0, row.length())
        .filter(i -> row.ids()[i] == id)
        .filter(i -> row.slots().length == 0 || row.slots()[i] == TokenRow.WORD)
        .count();
  }

  /** The tokens, soft ones as their numbers. */
  private static List<String> shown(TextTokenizer tokenizer, TokenRow row) {
    return IntStream.range(0, row.length())
        .mapToObj(
            i ->
                row.slots().length == 0 || row.slots()[i] == TokenRow.WORD
                    ? tokenizer.token(row.ids()[i])
                    : "<" + row.slots()[i] + ">")
        .toList();
  }
}
