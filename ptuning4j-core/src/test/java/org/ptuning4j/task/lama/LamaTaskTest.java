package org.ptuning4j.task.lama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.Direction;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.lama.Fact;
import org.ptuning4j.data.lama.Relation;
import org.ptuning4j.head.HeadOptions;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.Target;
import org.ptuning4j.head.vocabulary.VocabularyHeadSpec;
import org.ptuning4j.hub.Models;
import org.ptuning4j.task.ExampleContent;
import org.ptuning4j.task.Preparation;
import org.ptuning4j.task.Scores;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.cloze.ClozeTaskTest;
import org.ptuning4j.task.standard.TaskKinds;
import org.ptuning4j.task.template.ClozeTemplate;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.text.TextTokenizer;

/** Knowledge probing. */
class LamaTaskTest {

  private static final TextTokenizer BERT = TextTokenizer.open(Models.resolve("bert-mini"));
  private static final ItemEncoder ENCODER = new ItemEncoder(BERT, 64);
  private static final HeadOptions NO_OPTIONS = new HeadOptions(null, Optional.empty(), 0);
  private static final List<String> COUNTRIES =
      List.of("France", "Italy", "Czech Republic", "Spain");
  private static final Fact PARIS = new Fact(1, "P17", "Paris", "France");
  private static final Fact PRAGUE = new Fact(2, "P17", "Prague", "Czech Republic");

  @AfterAll
  static void close() {
    BERT.close();
  }

  @Test
  void candidatesAreTheGivenWordsOfOneToken() {
    PreparedLama task = countries();

    assertThat(task.task().candidates()).containsExactly("France", "Italy", "Spain");
    assertThat(task.head(NO_OPTIONS))
        .isEqualTo(new VocabularyHeadSpec(List.of(id("france"), id("italy"), id("spain"))));
    assertThat(task.task().softTokens()).isEqualTo(9);
    assertThat(
            definition()
                .prepare(
                    new Preparation<>(
                        Optional.empty(), BERT, false, Optional.of(Direction.BIDIRECTIONAL)))
                .task()
                .template()
                .source())
        .isEqualTo("{subject} {mask}");
    Item item = task.items(PARIS, ENCODER).get(0);
    assertThat(item.target()).contains(new Target.Choice(id("france")));
    assertThat(item.rows().get(0).softTokens()).isEqualTo(9);
    assertThat(task.items(PRAGUE, ENCODER).get(0).hasTarget()).isFalse();
  }

  @Test
  void withoutGivenWordsAllWholeWordsAreCandidates() {
    LamaTask bert = LamaTask.of("P17").prepare(Preparation.complete(BERT)).task();

    assertThat(bert.candidates())
        .contains("france", "paris", "1990")
        .doesNotContain("[MASK]", "##s", "[PAD]", ",")
        .hasSizeGreaterThan(1000);
    try (TextTokenizer roberta = TextTokenizer.open(TinyModel.folder("roberta"))) {
      PreparedLama task = LamaTask.of("P17").prepare(Preparation.complete(roberta));
      assertThat(task.task().candidates()).isNotEmpty().allMatch(word -> !word.contains("\u0120"));
      VocabularyHeadSpec head = (VocabularyHeadSpec) task.head(NO_OPTIONS);
      assertThat(head.candidates()).allMatch(id -> roberta.token(id).startsWith("\u0120"));
    }
  }

  @Test
  void factsOfOtherObjectsAndRelationsAreBadRows(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("P17.jsonl");
    Files.writeString(
        file,
        """
        {"sub_label": "Paris", "obj_label": "France"}
        {"sub_label": "Prague", "obj_label": "Czech Republic"}
        {"sub_label": "Rome", "obj_label": "Italy"}
        """,
        StandardCharsets.UTF_8);

    Examples<Fact> facts = countries().read(file);

    assertThat(facts.examples()).extracting(Fact::subject).containsExactly("Paris", "Rome");
    assertThat(facts.badRows()).hasSize(1);
    assertThat(facts.badRows().get(0).toString())
        .isEqualTo("line 2: object 'Czech Republic' is not one token of the model but several");
    assertThat(LamaTask.of("P36").read(file).badRows())
        .hasSize(3)
        .allMatch(row -> row.cause().equals("it is a fact of P17, not of P36"));
    assertThat(LamaTask.of("P17").read(file).examples()).hasSize(3);
    assertThat(definition().readUnlabelled(file).examples())
        .extracting(Fact::object)
        .containsOnly(LamaTask.UNKNOWN);
  }

  @Test
  void answersAreRankedAndScored() throws UnusableRowException {
    PreparedLama task = countries();
    Fact asked = task.task().readRow(new Row(3, Map.of("subject", "Rome")));

    LamaAnswer first = answer(task, PARIS, 0, 2, 1);
    LamaAnswer leftOut = answer(task, PRAGUE, 3, 2, 1);
    LamaAnswer unknown = answer(task, asked, 1, 2, 0);
    Scores scores = task.score(List.of(PARIS, PRAGUE), List.of(first, leftOut));

    assertThat(first.rank()).isEqualTo(3);
    assertThat(first.words())
        .extracting(LamaAnswer.Word::word)
        .containsExactly("Italy", "Spain", "France");
    assertThat(first.words().stream().mapToDouble(LamaAnswer.Word::probability).sum())
        .isCloseTo(1, within(1e-9));
    assertThat(leftOut.rank()).isZero();
    assertThat(unknown.rank()).isZero();
    assertThat(unknown.text()).isEqualTo("Italy");
    assertThat(unknown.fields()).doesNotContainKey("rank").containsKey("words");
    assertThat(scores.metrics().keySet()).containsExactly("hit@1", "hit@10", "mrr");
    assertThat(scores.metrics()).containsEntry("hit@1", 0.0).containsEntry("hit@10", 1.0);
    assertThat(scores.metrics().get("mrr")).isCloseTo(1 / 3.0, within(1e-9));
    assertThat(scores.tables().get(0).rows()).containsExactly(List.of("1", "1", "3"));
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> task.score(List.of(PRAGUE), List.of(leftOut)))
        .withMessageContaining("of 1 facts none");
  }

  @Test
  void equalScoresAreRankedByPlace() {
    assertThat(answer(countries(), new Fact(1, "P17", "Madrid", "Spain"), 1, 1, 1).rank())
        .isEqualTo(3);
    assertThat(answer(countries(), PARIS, 1, 1, 1).rank()).isEqualTo(1);
  }

  @Test
  void definitionsSurviveJson() throws IOException {
    for (LamaTask task : List.of(LamaTask.of("P17"), definition(), countries().task())) {
      Task<?> restored = TaskKinds.standard().read(ClozeTaskTest.throughJson(task.definition()));

      assertThat(restored.definition()).isEqualTo(task.definition());
      assertThat(restored.name()).isEqualTo("lama-P17");
      assertThat(restored.prepare(Preparation.complete(BERT)).head(NO_OPTIONS))
          .isEqualTo(task.prepare(Preparation.complete(BERT)).head(NO_OPTIONS));
    }
  }

  @Test
  void relationsSentencesAreManualTemplates() {
    Relation relation = new Relation("P17", "[X] is located in [Y] {a}.", "country");

    ClozeTemplate template = LamaTask.manualTemplate(relation);

    assertThat(template.source()).isEqualTo("{subject} is located in {mask} {{a}}.");
    assertThat(definition().withTemplate(template).softTokens()).isZero();
  }

  @Test
  void whatIsWrongIsNamed(@TempDir Path folder) throws IOException {
    Path empty = Files.writeString(folder.resolve("words.txt"), "\n \n");
    Path words = Files.writeString(folder.resolve("more.txt"), "a\n b \na\n");

    assertThat(LamaTask.readVocabulary(words)).containsExactly("a", "b");
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> LamaTask.readVocabulary(empty))
        .withMessageContaining("has no word");
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> definition().withTemplate(ClozeTemplate.parse("{text_a} {mask}")))
        .withMessageContaining("the field {subject} and no other");
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(
            () ->
                LamaTask.of("P17")
                    .withVocabulary(List.of("Czech Republic"))
                    .prepare(Preparation.complete(BERT)))
        .withMessageContaining("0 of the 1 words given");
    assertThatExceptionOfType(UnusableRowException.class)
        .isThrownBy(() -> definition().readRow(new Row(1, Map.of("text", "x"))))
        .withMessage("neither 'sub_label' nor 'subject' is there");
  }

  private static LamaTask definition() {
    return LamaTask.of("P17").withVocabulary(COUNTRIES);
  }

  private static PreparedLama countries() {
    return definition().prepare(Preparation.complete(BERT));
  }

  private static LamaAnswer answer(PreparedLama task, Fact fact, float... scores) {
    return (LamaAnswer) task.answer(fact, task.items(fact, ENCODER), List.of(scores));
  }

  private static int id(String word) {
    return BERT.tokenId(word).getAsInt();
  }

  /** Of thousands of words ten are kept: the best, and of equal ones the first. */
  @Test
  void theTenBestOfAllWordsAreShown() {
    PreparedLama task = LamaTask.of("P17").prepare(Preparation.complete(BERT));
    List<String> words = task.task().candidates();
    float[] scores = new float[words.size()];
    scores[words.size() - 1] = 5;
    scores[500] = 4;
    scores[3] = -1;
    assertThat(answer(task, PARIS, scores).words())
        .extracting(LamaAnswer.Word::word)
        .containsExactly(
            words.get(words.size() - 1),
            words.get(500),
            words.get(0),
            words.get(1),
            words.get(2),
            words.get(4),
            words.get(5),
            words.get(6),
            words.get(7),
            words.get(8));
    assertThat(answer(task, PARIS, new float[words.size()]).words())
        .extracting(LamaAnswer.Word::word)
        .isEqualTo(words.subList(0, 10));
  }

  @Test
  void anObjectThatTheModelCannotSpellIsSaidToBeUnknown(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("P17.jsonl");
    Files.writeString(file, "{\"sub_label\": \"Paris\", \"obj_label\": \"\u2603\"}\n");
    assertThat(countries().read(file).badRows())
        .extracting(BadRow::cause)
        .containsExactly("object '\u2603' is not in the model's vocabulary");
  }

  @Test
  void aFactWithoutItsObjectIsNotAnswered() {
    LamaTask task = definition();
    assertThat(task.content(PARIS))
        .isEqualTo(new ExampleContent(List.of("Paris"), List.of(), true));
    assertThat(task.content(new Fact(1, "P17", "Paris", LamaTask.UNKNOWN)).answered()).isFalse();
    assertThat(task.hasTemplate()).isTrue();
    assertThat(task.answerSchema()).isEqualTo(LamaAnswer.SCHEMA);
  }
}
