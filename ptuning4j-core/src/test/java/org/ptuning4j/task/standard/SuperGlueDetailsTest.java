package org.ptuning4j.task.standard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.TextExample;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.head.Item;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.Preparation;
import org.ptuning4j.task.Tables;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.template.KnownTokens;
import org.ptuning4j.task.text.PreparedClassification;
import org.ptuning4j.text.TextTokenizer;

/** Spans, pairs and tokens to the letter: what is off by one is wrong without a word. */
class SuperGlueDetailsTest {

  @TempDir static Path folder;

  private static TextTokenizer tokenizer;

  @BeforeAll
  static void openTokenizer() throws IOException {
    tokenizer = SuperGlueTasksTest.open(folder);
  }

  @AfterAll
  static void closeTokenizer() {
    tokenizer.close();
  }

  private static InputFile file(String... lines) throws IOException {
    String text = String.join("\n", lines).replace('\'', '"') + "\n";
    return InputFile.of(Files.writeString(folder.resolve("data.jsonl"), text));
  }

  private static final WinogenderTask AXG = (WinogenderTask) Tasks.standard().get("axg");

  private static String pair(String id, String hypothesis) {
    return "{\"hypothesis\":\""
        + hypothesis
        + "\","
        + id
        + "\"premise\":\"p\",\"label\":\"entailment\",\"idx\":0}";
  }

  private static Map<String, Double> metrics(List<TextExample> examples, String said) {
    PreparedClassification asked = AXG.prepare(Preparation.complete(tokenizer));
    List<Answer> answers =
        said.chars()
            .mapToObj(
                c ->
                    (Answer)
                        asked.answer(
                            examples.get(0), c == 'y' ? new double[] {1, 0} : new double[] {0, 1}))
            .toList();
    return asked.score(examples, answers).metrics();
  }

  /** Exported copies are shuffled: those with one id are a pair wherever they are. */
  @Test
  void pairsAreFoundByTheirIds() {
    List<TextExample> examples =
        AXG.examples(
                Tables.jsonl(
                    pair("\"pair_id\":1,", "a"),
                    pair("\"pair_id\":2,", "a"),
                    pair("", "a"),
                    pair("\"pair_id\":1,", "a"),
                    pair("\"pair_id\":2,", "a"),
                    pair("\"pair_id\":3,", "a")))
            .examples();
    assertThat(metrics(examples, "ynyyny")).containsEntry("gender_parity", 1.0);
    assertThat(metrics(examples, "yynyyn")).containsEntry("gender_parity", 1.0);
    assertThat(metrics(examples, "yyynyy")).containsEntry("gender_parity", 0.5);
  }

  @Test
  void neighboursArePairsOnlyOnce() {
    List<TextExample> examples =
        AXG.examples(Tables.jsonl(pair("", "a"), pair("", "a"), pair("", "a"), pair("", "b")))
            .examples();
    assertThat(metrics(examples, "yyny")).containsEntry("gender_parity", 1.0);
    assertThat(metrics(examples, "ynny")).containsEntry("gender_parity", 0.0);
    List<TextExample> alone = AXG.examples(Tables.jsonl(pair("", "a"), pair("", "b"))).examples();
    assertThat(metrics(alone, "yy")).doesNotContainKey("gender_parity");
  }

  private static String span(String text, int first, String noun, int second, String pronoun) {
    return "{\"span1_index\":"
        + first
        + ",\"span1_text\":\""
        + noun
        + "\",\"span2_index\":"
        + second
        + ",\"span2_text\":\""
        + pronoun
        + "\",\"label\":true,\"text\":\""
        + text
        + "\",\"idx\":0}";
  }

  private static Examples<TextExample> marked(String... lines) {
    return ((WscTask) Tasks.standard().get("wsc-marked")).examples(Tables.jsonl(lines));
  }

  @Test
  void spansMayBeAtEitherEndAndInEitherOrder() {
    assertThat(
            marked(
                    span("Bob saw him", 0, "Bob", 2, "him"),
                    span("He saw Bob", 2, "Bob", 0, "He"),
                    span("He saw (Bob).", 2, "Bob", 0, "He"),
                    span("Bob  saw  him ", 0, "Bob", 2, "him"))
                .examples())
        .extracting(TextExample::text)
        .containsExactly(
            "#Bob# saw *him*", "*He* saw #Bob#", "*He* saw (#Bob#).", "#Bob#  saw  *him* ");
  }

  /** A span is where the row says or one word on; it is not looked for elsewhere. */
  @Test
  void spansElsewhereAreBadRows() {
    assertThat(
            marked(
                    span("Then he saw that Bob left", 1, "Bob", 1, "he"),
                    span("Bob saw him", 0, "Bob", 2, "him too"),
                    span("Bob saw the old ", 0, "Bob", 2, "the old kettle"),
                    span("Bob left ...", 0, "Bob", 2, "he"),
                    span("Bob saw hims", 0, "Bob", 2, "him"),
                    span("Bob saw", 0, "Bob", 2, "him"))
                .badRows())
        .extracting(BadRow::cause)
        .containsExactly(
            "'span1_text' is 'Bob', yet the text has 'he saw' at word 1 (counted from 0)",
            "'span2_text' is 'him too', yet the text has 'him' at word 2 (counted from 0)",
            "'span2_text' is 'the old kettle', yet the text has 'the old' at word 2 (counted from"
                + " 0)",
            "'span2_text' is 'he', yet the text has '...' at word 2 (counted from 0)",
            "'span2_text' is 'him', yet the text has 'hims' at word 2 (counted from 0)",
            "'span2_text' is 'him', yet the text has '' at word 2 (counted from 0)");
  }

  @ParameterizedTest
  @CsvSource({"text", "span1_text", "span2_text"})
  void columnsOfWscThatAreMissingAreErrorsOfTheFile(String missing) throws IOException {
    String line = span("Bob saw him", 0, "Bob", 2, "him").replace(missing, "other");
    Task<?> wsc = Tasks.standard().get("wsc");
    InputFile file = file(line);
    assertThatThrownBy(() -> wsc.read(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("has no column '" + missing + "'");
    assertThatThrownBy(() -> wsc.readUnlabelled(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("has no column '" + missing + "'");
  }

  @Test
  void theFormOfWscIsPartOfItsName() {
    WscTask marked = (WscTask) TaskKinds.standard().read(Map.of("kind", "wsc", "marked", true));
    WscTask plain = (WscTask) TaskKinds.standard().read(Map.of("kind", "wsc"));
    assertThat(List.of(marked.name(), plain.name())).containsExactly("wsc-marked", "wsc");
    assertThat(List.of(marked.kind(), AXG.kind())).containsExactly("wsc", "winogender");
  }

  @Test
  void diagnosticsReadRowsAndTextsAsTheirBaseDoes() throws Exception {
    Row row = new Row(3, Map.of("premise", "p", "hypothesis", "h"));
    assertThat(AXG.readRow(row)).isEqualTo(AXG.base().readRow(row));
    assertThat(AXG.readRow(row, Map.of())).isEqualTo(AXG.base().readRow(row));
    assertThat(AXG.ofTexts(2, List.of("p", "h")))
        .isEqualTo(AXG.base().ofTexts(2, List.of("p", "h")));
  }

  @Test
  void theInstalledTasksHoldTheStandardOnes() {
    assertThat(Tasks.installed().all()).containsAll(Tasks.standard().all());
    assertThat(TaskKinds.installed().read(AXG.definition())).isEqualTo(AXG);
  }

  /** What comes after it would be read as another token's, or from beyond the table. */
  @Test
  void tokensWithoutAnEmbeddingAreNamed() {
    int size = tokenizer.vocabularySize();
    int last = size - 1;
    KnownTokens all = new KnownTokens(tokenizer, size);
    KnownTokens less = new KnownTokens(tokenizer, last);
    assertThat(all.isAll()).isTrue();
    assertThat(less.isAll()).isFalse();
    int[] ids = {2, last, 3};
    Item words = Item.of(new TokenRow(ids, new int[3], new int[0], 0));
    assertThatCode(() -> all.require(List.of(words))).doesNotThrowAnyException();
    assertThatThrownBy(() -> less.require(List.of(words)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "the token '%s' (%d) has no embedding: the model has %d, the tokenizer %d tokens",
            tokenizer.token(last), last, last, size);
    Item first = Item.of(new TokenRow(new int[] {last}, new int[1], new int[0], 0));
    assertThatThrownBy(() -> less.require(List.of(first))).hasMessageContaining("no embedding");
    Item known = Item.of(new TokenRow(new int[] {0, last - 1}, new int[2], new int[0], 0));
    assertThatCode(() -> less.require(List.of(known))).doesNotThrowAnyException();
    int[] slots = {TokenRow.WORD, 0, TokenRow.WORD}; // a soft token has no id
    Item soft = Item.of(new TokenRow(ids, new int[3], slots, 0));
    assertThatCode(() -> less.require(List.of(soft))).doesNotThrowAnyException();
  }

  /** The official files count words between single spaces, so that count comes first. */
  @Test
  void wordsAreCountedBetweenSingleSpacesFirst() {
    assertThat(
            marked(
                    span("Bob  he he", 0, "Bob", 2, "he"),
                    span("Bob\\the he", 0, "Bob", 1, "he"),
                    span("Bob saw him", 0, "Bob.", 2, "him,"),
                    span("Bob left . he", 2, ".", 3, "he"))
                .examples())
        .extracting(TextExample::text)
        .containsExactly(
            "#Bob#  *he* he", "#Bob#\the *he*", "#Bob# saw *him*", "Bob left #.# *he*");
  }

  /** What a diagnostic set's server asks for is what its base's does. */
  @Test
  void diagnosticsAreSubmittedAsTheirBaseIs() {
    List<TextExample> unnumbered = List.of(new TextExample(1, "p", "h", ""));
    assertThat(AXG.submissionFile()).isPresent().isEqualTo(AXG.base().submissionFile());
    WscTask wsc = (WscTask) Tasks.standard().get("wsc");
    assertThat(wsc.cloze()).isPresent().isEqualTo(wsc.base().cloze());
    assertThatThrownBy(() -> AXG.requireSubmittable(unnumbered))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("idx");
  }

  @Test
  void aKindThatIsMisspeltIsGuessed() {
    assertThatThrownBy(() -> TaskTemplates.commented("entites"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageEndingWith("; did you mean 'entities'?");
  }
}
