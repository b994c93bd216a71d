package org.ptuning4j.task.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.hub.Models;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.standard.TaskKinds;
import org.ptuning4j.task.standard.Tasks;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.task.text.MultiLabelTask;
import org.ptuning4j.task.text.SequenceClassificationTask;
import org.ptuning4j.text.TextTokenizer;

/** What checking a file says before training on it. */
class RunCheckTest {

  private static final SequenceClassificationTask MOOD =
      SequenceClassificationTask.onText("mood", Template.column("review"), "mood");

  @TempDir Path folder;

  @Test
  void labelsThatLookTheSameAreOneAndTheirSpellingsAreTold() throws IOException {
    Path train =
        file(
            "train.csv",
            "review,mood",
            "A warm film.,positif",
            "Kind and bright.,positif\u00a0",
            "Lovely.,positif\u200b",
            "A dull film.,n\u00e9gatif",
            "Flat.,ne\u0301gatif",
            "Slow.,n\u00e9gatif");
    Path dev = file("dev.csv", "review,mood", "A kind film.,positif", "Long.,ne\u0301gatif\u00a0");
    RunCheck check = RunCheck.forTraining(train, dev, MOOD, Optional.empty());
    assertThat(check.isSound()).isTrue();
    assertThat(check.data().task().labels())
        .extracting(DataCheck.LabelCount::label, DataCheck.LabelCount::count)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("n\u00e9gatif", 3),
            org.assertj.core.groups.Tuple.tuple("positif", 3));
    assertThat(check.data().advice())
        .extracting(Object::toString)
        .contains(
            "label 'positif' is written in 3 ways, taken as one: 'positif' (line 2),"
                + " 'positif<U+00A0>' with U+00A0 (NO-BREAK SPACE) (line 3), 'positif<U+200B>' with"
                + " U+200B (ZERO WIDTH SPACE) (line 4)")
        .anyMatch(line -> line.contains("U+0301 (COMBINING ACUTE ACCENT) (line 6)"));
  }

  @Test
  void aFileOfColumnsIsCalledSoWhateverItsName() throws IOException {
    Path columns = file("x.tsv", "Ada\tB-PER", "sings\tO", "", "Tarn\tB-LOC");
    Task<?> task = Tasks.standard().get("conll03");
    assertThat(RunCheck.forTraining(columns, null, task, Optional.empty()).data().format())
        .isEqualTo("CONLL");
    Path words = file("words.txt", "Ada O", "sings O", "", "Tarn O", "");
    assertThat(RunCheck.forPrediction(words, task, Optional.empty()).data().format())
        .isEqualTo("CONLL");
  }

  /** Training, checking and evaluating say it with these words. */
  @Test
  void whatMakesFiguresOnTagsOtherThanTheySeemIsWarnedOf() throws IOException {
    Task<?> task = Tasks.standard().get("conll03");
    Path train = file("train.conll", "Ada\tB-PER", "sings\tO", "", "Tarn\tB-LOC");
    Path dev = file("dev.conll", "Mars\tB-ALIEN", "calls\tO", "Ada\tB-PER", "", "Io\tB-MOON");
    RunCheck check = RunCheck.forTraining(train, dev, task, Optional.empty());
    assertThat(check.data().advice()).extracting(Object::toString).noneMatch(this::isOfTags);
    assertThat(check.dev().advice())
        .extracting(Object::toString)
        .contains("2 spans have no tag that was learnt, and cannot be found: ALIEN, MOON");
    Path glued =
        file(
            "glued.jsonl",
            "{\"text\":\"thejohnhad and then\",\"entities\":[[3,7,\"PER\"]]}",
            "{\"text\":\"John, then\",\"entities\":[[0,4,\"PER\"]]}");
    assertThat(RunCheck.forTraining(glued, null, task, Optional.empty()).data().advice())
        .extracting(Object::toString)
        .anyMatch(line -> line.startsWith("1 text has entities that end within words"));
  }

  private boolean isOfTags(String line) {
    return line.contains("no tag") || line.contains("within words");
  }

  @Test
  void aColumnOfOneNumberIsWarnedOf() throws IOException {
    Task<?> stars =
        TaskKinds.standard()
            .read(
                Map.of("kind", "regression", "name", "s", "text", "{t}", "label_column", "stars"));
    Path same = file("same.csv", "t,stars", "a,3", "b,3.0", "c,3");
    assertThat(RunCheck.forTraining(same, null, stars, Optional.empty()).data().advice())
        .extracting(Object::toString)
        .anyMatch(line -> line.startsWith("all 3 rows have the same number, 3.0"));
    Path one = file("one.csv", "t,stars", "a,3");
    assertThat(RunCheck.forTraining(one, null, stars, Optional.empty()).data().advice())
        .as("one row says nothing of the others")
        .extracting(Object::toString)
        .noneMatch(line -> line.contains("the same number"));
    Path different = file("different.csv", "t,stars", "a,3", "b,4");
    assertThat(RunCheck.forTraining(different, null, stars, Optional.empty()).data().advice())
        .extracting(Object::toString)
        .noneMatch(line -> line.contains("the same number"));
  }

  @Test
  void numbersAndBooleansAreOneLabelInAllFiles() throws IOException {
    Path train =
        file("t.jsonl", "{\"review\":\"a\",\"mood\":1.0}", "{\"review\":\"b\",\"mood\":\"0\"}");
    Path dev = file("d.csv", "review,mood", "c,1", "d,0.0");
    RunCheck check = RunCheck.forTraining(train, dev, MOOD, Optional.empty());
    assertThat(check.isSound()).isTrue();
    assertThat(check.dev().task().labels())
        .extracting(DataCheck.LabelCount::label)
        .containsExactly("0", "1");
    Path flags =
        file(
            "f.jsonl", "{\"review\":\"a\",\"mood\":true}", "{\"review\":\"b\",\"mood\":\"FALSE\"}");
    assertThat(RunCheck.forTraining(flags, null, MOOD, Optional.empty()).data().task().labels())
        .extracting(DataCheck.LabelCount::label)
        .containsExactly("false", "true");
  }

  @Test
  void headersWithInvisibleCharactersAndRepeatedOnesAreSeenThrough() throws IOException {
    Path train = file("t.csv", "\u200breview,mood\u00a0", "a,pos", "b,neg", "review,mood", "c,pos");
    DataCheck check = RunCheck.forTraining(train, null, MOOD, Optional.empty()).data();
    assertThat(check.task().examples()).isEqualTo(3);
    assertThat(check.badRows())
        .containsExactly(
            new BadRow(4, "it repeats the header (several files in one?); delete the line"));
  }

  @Test
  void textsOfNothingAreBadRows() throws IOException {
    Path train =
        file(
            "t.jsonl",
            "{\"review\":\"\\u200b\\u200b\",\"mood\":\"pos\"}",
            "{\"review\":\"\\u00a0\",\"mood\":\"neg\"}",
            "{\"review\":\"a\",\"mood\":\"neg\"}",
            "{\"review\":\"b\",\"mood\":\"pos\"}");
    DataCheck check = RunCheck.forTraining(train, null, MOOD, Optional.empty()).data();
    assertThat(check.badRows())
        .extracting(BadRow::cause)
        .containsExactly(
            "column 'review' holds nothing visible", "column 'review' holds nothing visible");
    assertThat(check.task().emptyTexts()).isEqualTo(2);
  }

  @Test
  void whatLooksMissingOrAlikeIsWarnedOfByName() throws IOException {
    Path train =
        file(
            "t.csv",
            "review,mood",
            "A warm film.,pos",
            "A dull film.,neg",
            "Kind.,nan",
            "Loud.,None",
            "Flat.,Pos",
            "Slow.,n\u0435g",
            "Sad.,\"['pos', 'neg']\"",
            "nan,pos");
    DataCheck check = RunCheck.forTraining(train, null, MOOD, Optional.empty()).data();
    assertThat(check.isSound()).isTrue();
    assertThat(check.advice())
        .extracting(Object::toString)
        .contains(
            "labels 'None' (1 row), 'nan' (1 row) look like missing values; unless that is meant,"
                + " leave these rows out",
            "1 text looks like a missing value: 'nan' (line 9)",
            "labels 'Pos' and 'pos' differ only in upper and lower case; they are two classes (1"
                + " row and 2 rows)",
            "label '['pos', 'neg']' is a list written as text; several labels for a text are a task"
                + " of kind multi-label")
        .anyMatch(line -> line.contains("U+0435 (CYRILLIC SMALL LETTER IE)"));
  }

  @Test
  void whatTrainingRefusesIsNotSound() throws IOException {
    Path one = file("one.csv", "review,mood", "a,pos", "b,pos");
    DataCheck check = RunCheck.forTraining(one, null, MOOD, Optional.empty()).data();
    assertThat(check.isSound()).isFalse();
    assertThat(check.problems())
        .extracting(Object::toString)
        .containsExactly(
            one
                + " has only the label 'pos' in column 'mood'; a classification needs two at"
                + " least");
    assertThatThrownBy(() -> MOOD.learnt(MOOD.read(one)))
        .hasMessage(check.problems().get(0).toString());
    SequenceClassificationTask misspelt =
        SequenceClassificationTask.onText("mood", Template.column("review"), "mod");
    assertThatThrownBy(() -> RunCheck.forTraining(one, null, misspelt, Optional.empty()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("did you mean 'mood'?");
    Path hidden =
        file("test.jsonl", "{\"premise\":\"p\",\"hypothesis\":\"h\",\"idx\":0,\"label\":-1}");
    RunCheck test =
        RunCheck.forTraining(hidden, null, Tasks.standard().get("rte"), Optional.empty());
    assertThat(test.data().problems())
        .extracting(Object::toString)
        .containsExactly(
            "no row has its answer (line 1: label column 'label' is -1, which hides the answer):"
                + " the file is for prediction only");
    assertThat(
            RunCheck.forPrediction(hidden, Tasks.standard().get("rte"), Optional.empty()).isSound())
        .isTrue();
  }

  @Test
  void trainingAndDevAreCompared() throws IOException {
    Path train = file("t.csv", "review,mood", "a,pos", "b,neg", "c,pos");
    Path dev = file("d.csv", "review,mood", "x,pos", "b\u00a0,neg");
    assertThat(RunCheck.forTraining(train, dev, MOOD, Optional.empty()).overlap().sentence())
        .isEqualTo(
            "1 row of "
                + dev
                + " (50.0 %) is in "
                + train
                + " too, so its figures flatter: line 3 = line 3");
    Path odd = file("odd.csv", "review,mood", "a,pos", "b,neg", "c,nan");
    assertThat(DataWarnings.ofFiles(MOOD, List.of(), MOOD.read(train), MOOD.read(odd)))
        .containsExactly(
            odd
                + ": label 'nan' (1 row) looks like missing values; unless that is meant, leave"
                + " these rows out");
    assertThat(DataWarnings.ofFiles(MOOD, List.of(), MOOD.read(odd), MOOD.read(odd))).hasSize(1);
  }

  @Test
  void labelsWithinTheirTextsAreSeen() throws IOException {
    Path train = file("t.csv", "review,mood", "a,pos", "b,neg", "c,pos", "d,neg", "e,pos", "f,neg");
    SequenceClassificationTask leaking =
        SequenceClassificationTask.onText("mood", Template.parse("{review} ({mood})"), "mood");
    assertThat(RunCheck.forTraining(train, null, leaking, Optional.empty()).data().advice())
        .extracting(Object::toString)
        .containsExactly("column 'mood' holds the answers and is part of the texts too");
    Path told =
        file("u.csv", "review,mood", "pos: a,pos", "neg: b,neg", "pos: c,pos", "neg: d,neg");
    assertThat(RunCheck.forTraining(told, null, MOOD, Optional.empty()).data().advice())
        .extracting(Object::toString)
        .containsExactly(
            "the text holds its own label in 4 of 4 rows (line 2: 'pos'); is the label's column"
                + " part of the text?");
    assertThat(RunCheck.forTraining(train, null, MOOD, Optional.empty()).data().advice())
        .extracting(Object::toString)
        .isEmpty();
  }

  @Test
  void listsOfLabelsAreReadHoweverWritten() throws IOException {
    Path train =
        file(
            "t.jsonl",
            "{\"text\":\"a\",\"topics\":\"['sea', 'town']\"}",
            "{\"text\":\"b\",\"topics\":[\"town\\u00a0\"]}",
            "{\"text\":\"c\",\"topics\":\"sea|town\"}",
            "{\"text\":\"d\",\"topics\":\"[\\\"sea\\\"]\"}",
            "{\"text\":\"e\",\"topics\":\"[]\"}");
    MultiLabelTask open = topics(List.of());
    assertThat(open.read(train).examples())
        .extracting(example -> example.labels())
        .containsExactly(
            List.of("sea", "town"),
            List.of("town"),
            List.of("sea", "town"),
            List.of("sea"),
            List.of());
    Path marks =
        file(
            "m.jsonl",
            "{\"text\":\"a\",\"topics\":[1,0,1]}",
            "{\"text\":\"b\",\"topics\":\"[0, 1, 0]\"}",
            "{\"text\":\"c\",\"topics\":\"0|0|0\"}",
            "{\"text\":\"d\",\"topics\":[1,0]}",
            "{\"text\":\"e\",\"topics\":\"[sea, town]\"}");
    MultiLabelTask known = topics(List.of("sea", "town", "weather"));
    assertThat(known.read(marks).examples())
        .extracting(example -> example.labels())
        .containsExactly(List.of("sea", "weather"), List.of("town"), List.of());
    assertThat(known.read(marks).badRows())
        .extracting(BadRow::cause)
        .containsExactly(
            "label column 'topics' holds 2 marks (0 or 1) for 3 labels (sea, town, weather); there"
                + " must be as many",
            "label column 'topics' is '[sea, town]', which begins like a list and is none; write"
                + " [\"a\", \"b\"] or a|b");
    Path unnamed = file("u.jsonl", "{\"text\":\"a\",\"topics\":[1,0]}");
    assertThat(
            RunCheck.forTraining(unnamed, null, open, Optional.empty())
                .data()
                .problems()
                .get(0)
                .toString())
        .contains("only 0 and 1", "name the labels");
  }

  private static MultiLabelTask topics(List<String> labels) {
    return MultiLabelTask.of(
        new Fields(
            "task",
            Map.of("name", "topics", "text", "text", "label_column", "topics", "labels", labels)));
  }

  private Path file(String name, String... lines) throws IOException {
    return Files.writeString(folder.resolve(name), String.join("\n", lines) + "\n");
  }

  /** A dev file is checked even where the training file cannot be trained on. */
  @Test
  void aDevFileWithoutAnswersIsNotSoundAndIsStillLookedAt() throws IOException {
    Path train = file("t.csv", "review,mood", "a,pos", "b,neg");
    Path blank = file("d.csv", "review,mood", "x,", "y,");
    RunCheck check = RunCheck.forTraining(train, blank, MOOD, Optional.empty());
    assertThat(check.data().isSound()).isTrue();
    assertThat(check.isSound()).isFalse();
    assertThat(check.dev().problems().toString()).contains("no row has its answer (line 2:");
    RunCheck reversed = RunCheck.forTraining(blank, train, MOOD, Optional.empty());
    assertThat(reversed.isSound()).isFalse();
    assertThat(reversed.dev().isSound()).isTrue();
    assertThat(check.data().format()).isEqualTo("CSV");
    assertThat(check.data().columns())
        .extracting(DataCheck.Column::name)
        .containsExactly("review", "mood");
  }

  /** One label is missing, and one is wrong: the file is not merely without answers. */
  @Test
  void wrongAnswersAreNotMissingOnes() throws IOException {
    Path odd = file("d.csv", "review,mood", "x,", "y,good", ",");
    SequenceClassificationTask known = MOOD.withLabels(List.of("neg", "pos"));
    DataCheck check = RunCheck.forTraining(odd, null, known, Optional.empty()).data();
    assertThat(check.isSound()).isFalse();
    assertThat(check.problems()).isEmpty();
    assertThat(check.badRows()).extracting(row -> row.line()).containsExactly(2, 3, 4);
    assertThat(check.advice()).isEmpty();
    Path one = file("o.csv", "review,mood", "x,pos", "z,pos");
    assertThat(RunCheck.forTraining(one, null, known, Optional.empty()).data().advice())
        .hasToString("[label 'neg' does not occur, 'pos' is the only label in the file]");
  }

  /** What check-data says of a dev file's new label, train says as well. */
  @Test
  void aDevFilesNewLabelIsABadRowInBoth() throws IOException {
    Path train = file("t.csv", "review,mood", "a,pos", "b,neg");
    Path dev = file("d.csv", "review,mood", "x,pos", "y,meh");
    RunCheck check = RunCheck.forTraining(train, dev, MOOD, Optional.empty());
    assertThat(check.dev().badRows()).hasSize(1);
    assertThat(MOOD.learnt(MOOD.read(train)).read(dev).badRows()).isEqualTo(check.dev().badRows());
  }

  /** Several labels: one that only the dev file has is as wrong for check-data as for train. */
  @Test
  void aDevFilesNewLabelOfSeveralIsABadRowInBoth() throws IOException {
    Task<?> topics =
        TaskKinds.standard()
            .read(
                Map.of("kind", "multi-label", "name", "topics", "text", "t", "label_column", "l"));
    Path train = file("t.jsonl", "{\"t\":\"a\",\"l\":[\"x\",\"y\"]}", "{\"t\":\"b\",\"l\":[]}");
    Path dev = file("d.jsonl", "{\"t\":\"c\",\"l\":\"x|z\"}", "{\"t\":\"d\",\"l\":\"y\"}");
    RunCheck check = RunCheck.forTraining(train, dev, topics, Optional.empty());
    assertThat(check.data().isSound()).isTrue();
    assertThat(check.dev().badRows()).extracting(row -> row.line()).containsExactly(1);
    assertThat(check.dev().badRows().get(0).cause()).contains("'z'");
    Path twice = file("w.jsonl", "{\"t\":\"c\",\"l\":[\"x\",\"x\"]}", "{\"t\":\"d\",\"l\":\"y\"}");
    assertThat(RunCheck.forTraining(twice, null, topics, Optional.empty()).data().badRows())
        .extracting(row -> row.cause())
        .containsExactly("label 'x' is given twice");
  }

  private static RunCheck read(TextTokenizer tokenizer, Path file, Task<?> task, boolean toTrain) {
    Optional<ModelReading> model = Optional.of(ModelReading.of(new ItemEncoder(tokenizer, 6)));
    return toTrain
        ? RunCheck.forTraining(file, null, task, model)
        : RunCheck.forPrediction(file, task, model);
  }

  /** [CLS] and [SEP] count; a pair has one [SEP] more. */
  @Test
  void lengthsInTokensAreThoseOfWhatTheModelReads() throws IOException {
    Path file = file("t.csv", "review,mood,other", "a a,pos,a", "a a a a a a,neg,a a");
    Task<?> pairs =
        SequenceClassificationTask.onPair(
            "p", Template.column("review"), Template.column("other"), "mood");
    try (TextTokenizer tokenizer = TextTokenizer.open(Models.resolve("bert-mini"))) {
      for (boolean toTrain : List.of(true, false)) {
        DataCheck.TaskFindings one = read(tokenizer, file, MOOD, toTrain).data().task();
        assertThat(one.lengths())
            .isEqualTo(new DataCheck.Lengths("tokens", 6, 4, 4, 8, 8, 8, 8, 3));
        assertThat(one.cut()).isEqualTo(new DataCheck.Cut(6, 1, 0.5));
        assertThat(one.sequences()).isEqualTo(new DataCheck.Sequences(2, 1, 1));
        DataCheck.TaskFindings two = read(tokenizer, file, pairs, toTrain).data().task();
        assertThat(two.lengths().min()).isEqualTo(6);
        assertThat(two.lengths().max()).isEqualTo(11);
      }
    }
  }

  /** Of a predicted row's several texts, the longest after the first counts. */
  @Test
  void aChoiceIsAsLongAsItsLongestCandidate() throws IOException {
    Path file = file("c.jsonl", "{\"q\":\"a a\",\"x\":\"a\",\"y\":\"a a a\"}");
    Task<?> choice =
        TaskKinds.standard()
            .read(
                Map.of(
                    "kind",
                    "multiple-choice",
                    "name",
                    "c",
                    "context",
                    "{q}",
                    "candidates",
                    List.of("x", "y"),
                    "label_column",
                    "label"));
    try (TextTokenizer tokenizer = TextTokenizer.open(Models.resolve("bert-mini"))) {
      assertThat(read(tokenizer, file, choice, false).data().task().lengths().max()).isEqualTo(8);
    }
  }

  /** A row that cannot be predicted on either says nothing about answers. */
  @Test
  void anEmptyRowAmongUnansweredOnesLeavesTheFileOneForPrediction() throws IOException {
    Path blank = file("b.csv", "review,mood", "x,", ",pos");
    DataCheck check = RunCheck.forTraining(blank, null, MOOD, Optional.empty()).data();
    assertThat(check.problems().toString()).contains("no row has its answer (line 2:");
    assertThat(check.badRows()).extracting(BadRow::line).containsExactly(3);
  }

  @Test
  void aFormatWithoutANameIsCalledByTheFilesEnding() throws IOException {
    Path sentences = file("x.jsonl", "{\"tokens\":[\"Ada\"],\"tags\":[\"O\"]}");
    Task<?> task = Tasks.standard().get("conll03");
    assertThat(RunCheck.forPrediction(sentences, task, Optional.empty()).data().format())
        .isEqualTo("JSONL");
  }

  /** Documents of sentences are the task's own format, whatever the file is called. */
  @Test
  void documentsOfSentencesAreCalledByTheirFormat() throws IOException {
    Path documents = file("x.txt", "{\"sentences\":[{\"tokens\":[\"Ada\"],\"tags\":[\"O\"]}]}");
    Task<?> task = Tasks.standard().get("conll03");
    assertThat(RunCheck.forPrediction(documents, task, Optional.empty()).data().format())
        .isEqualTo("JSONL");
  }
}
