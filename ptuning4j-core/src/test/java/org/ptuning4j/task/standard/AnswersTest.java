package org.ptuning4j.task.standard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.TextExample;
import org.ptuning4j.data.input.FileFormat;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.data.question.QuestionExample;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.Scores;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.cloze.ClozeTask;
import org.ptuning4j.task.question.PreparedQuestions;
import org.ptuning4j.task.question.QuestionTask;
import org.ptuning4j.task.question.SpanAnswer;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.task.text.LabelsAnswer;
import org.ptuning4j.task.text.MultiLabelExample;
import org.ptuning4j.task.text.MultiLabelTask;
import org.ptuning4j.task.text.NumberAnswer;
import org.ptuning4j.task.text.NumberExample;
import org.ptuning4j.task.text.PreparedClassification;
import org.ptuning4j.task.text.PreparedMultiLabel;
import org.ptuning4j.task.text.RegressionTask;
import org.ptuning4j.task.text.SequenceClassificationTask;

/** What is answered, as it is written and as it is measured. */
class AnswersTest {

  @TempDir Path folder;

  private static Task<?> task(Map<String, Object> definition) {
    return TaskKinds.standard().read(definition);
  }

  private InputFile file(String... lines) throws IOException {
    String text = String.join("\n", lines).replace('\'', '"') + "\n";
    return InputFile.of(Files.writeString(folder.resolve("data.jsonl"), text));
  }

  private static MultiLabelTask topics() {
    return (MultiLabelTask)
        task(
            Map.of(
                "kind", "multi-label", "name", "t", "text", "x", "labels", List.of("a", "b", "c")));
  }

  private static RegressionTask score(Object... more) {
    Map<String, Object> definition = new java.util.LinkedHashMap<>();
    definition.putAll(Map.of("kind", "regression", "name", "s", "text", "x"));
    for (int i = 0; i < more.length; i += 2) {
      definition.put((String) more[i], more[i + 1]);
    }
    return (RegressionTask) task(definition);
  }

  private static SequenceClassificationTask mood() {
    return SequenceClassificationTask.onText("mood", Template.column("x"), "label")
        .withLabels(List.of("bad", "good"));
  }

  /** Whoever writes answers knows their fields from the task alone. */
  @Test
  void answersHaveTheFieldsThatTheirTaskSays() throws Exception {
    MultiLabelExample labels = topics().readRow(new Row(1, Map.of("x", "t", "id", 7)));
    LabelsAnswer topics =
        new PreparedMultiLabel(topics())
            .answer(labels, List.of(), List.of(new float[] {1, -1, 0.5f}));
    assertThat(topics.fields().keySet()).containsExactlyElementsOf(topics().answerSchema().names());
    assertThat(topics.fields()).containsEntry("labels", List.of("a", "c"));
    assertThat(labels.ids()).isEqualTo(Map.of("id", 7));

    NumberAnswer number = new NumberAnswer(2.5);
    assertThat(number.fields()).isEqualTo(Map.of("value", 2.5));
    assertThat(number.text()).isEqualTo("2.5");
    assertThat(score().answerSchema().names()).containsExactly("value");
    NumberExample scored = score().readRow(new Row(1, Map.of("x", "t", "id", "n7")));
    assertThat(scored.ids()).isEqualTo(Map.of("id", "n7"));

    TextExample text = mood().readRow(new Row(1, Map.of("x", "t")));
    Answer label =
        new PreparedClassification(mood(), mood(), PreparedClassification.Scoring.PLAIN)
            .answer(text, List.of(), List.of(new float[] {0, (float) Math.log(3)}));
    assertThat(label.text()).isEqualTo("good");
    assertThat(label.fields().keySet()).containsExactlyElementsOf(mood().answerSchema().names());
    assertThat((double) label.fields().get("probability")).isCloseTo(0.75, within(1e-6));
    assertThat(mood().answerColumn()).contains("label");

    SpanAnswer none = new SpanAnswer("", -1, -1, -1, -1, 1, Double.POSITIVE_INFINITY, List.of());
    SpanAnswer some =
        new SpanAnswer(
            "b c", 2, 5, 2, 5, 0.5, -1, List.of(new SpanAnswer.Candidate("b c", 2, 5, 3, 0.5)));
    QuestionTask questions = QuestionTask.answerable("q", "d");
    for (SpanAnswer answer : List.of(none, some)) {
      assertThat(answer.fields().keySet())
          .containsExactlyElementsOf(questions.answerSchema().names());
    }
    assertThat(none.fields()).containsEntry("null_score", null);
    assertThat(some.fields()).containsEntry("null_score", -1.0).containsEntry("answer", "b c");
  }

  @Test
  void multiLabelTablesHaveARowForEachLabel() throws Exception {
    MultiLabelTask task = topics();
    MultiLabelExample example = task.readRow(new Row(1, Map.of("x", "t"))).withLabels(List.of("b"));
    Answer answer = new LabelsAnswer(List.of("b", "c"), Map.of());
    Scores scores = new PreparedMultiLabel(task).score(List.of(example), List.of(answer));
    assertThat(scores.tables().get(0).rows())
        .extracting(row -> row.get(0))
        .containsExactly("a", "b", "c");
    assertThat(scores.metrics().get("micro_f1")).isCloseTo(2 / 3.0, within(1e-9));
  }

  @Test
  void bothEndsOfARangeAreInIt() throws IOException {
    Examples<NumberExample> read =
        score("min", 0, "max", 5)
            .read(file("{'x':'t','label':0}", "{'x':'t','label':5}", "{'x':'t','label':5.1}"));
    assertThat(read.examples()).hasSize(2);
    assertThat(read.badRows()).extracting(BadRow::line).containsExactly(3);
    assertThatThrownBy(() -> new RegressionTask.Scale(0, 0))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("deviation 0.0");
  }

  /** Values that differ by rounding only are one value. */
  @Test
  void roundingHasNoScale() {
    assertThat(RegressionTask.Scale.of(new double[] {1e9, 1e9 + 1e-4}).deviation()).isEqualTo(1);
    assertThat(RegressionTask.Scale.of(new double[] {1e9, 1e9 + 1}).deviation()).isEqualTo(0.5);
    assertThat(RegressionTask.Scale.of(new double[] {1e-6, 3e-6}).deviation())
        .isCloseTo(1e-6, within(1e-12));
  }

  @Test
  void asManyLabelsAsHalfTheRowsMayBeLabels() throws IOException {
    String[] lines = new String[42];
    for (int i = 0; i < lines.length; i++) {
      lines[i] = "{'x':'t','label':'l" + i / 2 + "'}";
    }
    SequenceClassificationTask open =
        SequenceClassificationTask.onText("mood", Template.column("x"), "label");
    assertThat(open.learnt(open.read(file(lines))).labels()).hasSize(21);
  }

  @Test
  void pairsAreDescribedAsSuch() {
    Template text = Template.column("x");
    assertThat(SequenceClassificationTask.onText("m", text, "l").description())
        .isEqualTo("one label for a text");
    assertThat(SequenceClassificationTask.onPair("m", text, Template.column("y"), "l"))
        .satisfies(pair -> assertThat(pair.description()).contains("pair of texts"))
        .satisfies(
            pair ->
                assertThat(pair.withTexts(Template.column("y"), null).columns().hasPair())
                    .isFalse());
  }

  /** A cloze is another way to ask: what it reads and what is submitted stay its base's. */
  @Test
  void aClozeReadsAndSubmitsAsItsBaseDoes() throws Exception {
    SequenceClassificationTask sst2 = (SequenceClassificationTask) Tasks.standard().get("sst2");
    ClozeTask<TextExample> cloze = ClozeTask.of(sst2);
    InputFile file = file("{'sentence':'good','label':1,'idx':7}", "{'sentence':' '}");
    assertThat(cloze.answerSchema()).isEqualTo(sst2.answerSchema());
    assertThat(cloze.readUnlabelled(file).examples())
        .isEqualTo(sst2.readUnlabelled(file).examples())
        .hasSize(1);
    assertThat(cloze.readUnlabelled(file).badRows()).isEqualTo(sst2.readUnlabelled(file).badRows());
    TextExample one = sst2.read(file).examples().get(0);
    assertThat(cloze.content(one)).isEqualTo(sst2.content(one));
    assertThat(cloze.submissionFile()).isEqualTo(sst2.submissionFile()).isPresent();
    assertThatCode(() -> cloze.requireSubmittable(List.of(one))).doesNotThrowAnyException();
    assertThatThrownBy(() -> cloze.requireSubmittable(List.of(one, one)))
        .hasMessageContaining("idx 7 is that of an earlier example");
    Answer answer =
        new PreparedClassification(sst2, sst2, PreparedClassification.Scoring.PLAIN)
            .answer(one, new double[] {0, 1});
    assertThat(cloze.submission(List.of(one), List.of(answer)))
        .isEqualTo(sst2.submission(List.of(one), List.of(answer)))
        .contains("7\t1");
    ClozeTask<?> multiRc =
        ClozeTask.of((org.ptuning4j.task.LabelledTask<?>) Tasks.standard().get("multirc"));
    InputFile nested = file("{'idx':0,'passage':{'text':'T','questions':[]}}");
    assertThat(nested.<Optional<FileFormat>>look(multiRc::ownFormat)).contains(FileFormat.MULTIRC);
  }

  private static SpanAnswer span(String text, double nullScore) {
    return new SpanAnswer(
        text, 0, 1, 0, 1, 0.5, nullScore, List.of(new SpanAnswer.Candidate(text, 0, 1, 1, 0.5)));
  }

  private static QuestionExample question(String id, String answerOrNull) {
    List<QuestionExample.Answer> answers =
        answerOrNull == null ? List.of() : List.of(new QuestionExample.Answer(answerOrNull, 0));
    String context = answerOrNull == null ? "red" : answerOrNull;
    return new QuestionExample(1, id, null, "q", context, answers, answerOrNull == null);
  }

  /** One of three is found whole, one by half, and one has no answer and is told so. */
  @Test
  void questionsAreMeasuredWithAndWithoutAnswers() {
    PreparedQuestions asked = new PreparedQuestions(QuestionTask.unanswerable("q", "d"));
    List<QuestionExample> examples =
        List.of(question("1", "red"), question("2", "red green"), question("3", null));
    List<Answer> answers = List.of(span("red", -1), span("red", -1), span("red", 2));
    Scores scores = asked.score(examples, answers);
    assertThat(scores.metrics().get("em")).isCloseTo(2 / 3.0, within(1e-9));
    assertThat(scores.metrics().get("best_em")).isCloseTo(2 / 3.0, within(1e-9));
    assertThat(scores.metrics().get("hasans_em")).isEqualTo(0.5);
    assertThat(scores.tables().get(0).rows())
        .containsExactly(
            List.of("with answer", "83.3", "50.0", "2"),
            List.of("without answer", "100.0", "100.0", "1"));
    assertThat(asked.task().submissionFile()).contains("predictions.json");
  }

  @Test
  void aThresholdBeyondAllScoresIsAboveTheLast() {
    PreparedQuestions asked = new PreparedQuestions(QuestionTask.unanswerable("q", "d"));
    List<QuestionExample> examples = List.of(question("1", "red"), question("2", "red"));
    List<Answer> answers = List.of(span("red", 1), span("red", 3));
    assertThat(asked.tune(examples, answers).task().nullThreshold()).isEqualTo(4);
    PreparedQuestions fixed = new PreparedQuestions(QuestionTask.answerable("q", "d"));
    assertThat(fixed.tune(examples, answers)).isSameAs(fixed);
  }

  @Test
  void questionsWithoutAnswerAreCountedAsSuch() {
    QuestionTask task = QuestionTask.unanswerable("q", "d");
    QuestionExample open = new QuestionExample(1, "o", null, "q", "red", List.of(), false);
    assertThat(task.content(question("1", null)).labels()).containsExactly("unanswerable");
    assertThat(task.content(question("1", "red")).labels()).containsExactly("answerable");
    assertThat(task.content(open).labels()).isEmpty();
    assertThat(task.content(open).texts()).containsExactly("q", "red");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'data':[{'paragraphs':[]}]}",
        "{'data':[{'title':'t','paragraphs':[{'qas':[]}]}]}"
      })
  void nestedQuestionsAreTheTasksOwn(String json) throws IOException {
    QuestionTask task = QuestionTask.answerable("q", "d");
    assertThat(file(json).<Optional<FileFormat>>look(task::ownFormat)).contains(FileFormat.SQUAD);
    assertThat(file("{'question':'q'}").<Optional<FileFormat>>look(task::ownFormat)).isEmpty();
  }
}
